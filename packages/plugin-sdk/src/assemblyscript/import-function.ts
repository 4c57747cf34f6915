import type { FuncType, ValueType } from '@wasm-plugin/runtime'
import { alignOf, fieldOffsets, flattenFunc, layoutOf } from '@wasm-plugin/runtime/internal'
import { camelCase, pascalCase } from './names.js'
import { runtime, usesMemory } from './types.js'
import { liftFlat, type Site } from './values/lift-flat.js'
import { loadExpression } from './values/load.js'
import { lowerFlat } from './values/lower-flat.js'
import { storeStatement } from './values/store.js'

export interface ImportedFunction {
  /** Module and name of the core import. */
  readonly external: { readonly module: string; readonly name: string }
  readonly type: FuncType
  /** Expressions for the arguments, in order. */
  readonly args: readonly string[]
}

/** Declares the core import and returns its name. */
export function declareCoreImport(site: Pick<Site, 'module'>, { external, type }: ImportedFunction): string {
  const { core } = flattenFunc(type, 'lower')
  const name = site.module.declare(`__${coreName(external.name)}`)
  const params = core.params.map((param, i) => `a${i}: ${param}`).join(', ')
  site.module.code.line(
    '// @ts-ignore: decorator',
    `@external("${external.module}", "${external.name}") declare function ${name}(${params}): ${core.results[0] ?? 'void'};`,
  )
  return name
}

/** Writes the body of the wrapper of an imported function: lower, call, release, lift, return. */
export function writeImportCall(site: Site, core: string, imported: ImportedFunction): void {
  const { code, module } = site
  const { type, args } = imported
  const flat = flattenFunc(type, 'lower')
  const cm = runtime(module)
  const temporary = type.params.some((param) => usesMemory(param.type))
  if (temporary) code.line(`const _mark = ${cm}.mark();`)
  const coreArgs = flat.paramsInMemory
    ? storeParams(site, type, args)
    : type.params.flatMap((param, i) => lowerFlat(site, param.type, args[i]!))
  if (flat.resultInMemory) {
    code.line(`const _ret = ${staticArea(type.result!)};`)
    coreArgs.push('<i32>_ret')
  }
  const call = `${core}(${coreArgs.join(', ')})`
  const returnsCore = type.result !== null && !flat.resultInMemory
  code.line(returnsCore ? `const _result = ${call};` : `${call};`)
  if (temporary) code.line(`${cm}.releaseTo(_mark);`)
  if (type.result === null) return
  const value = returnsCore
    ? liftFlat(site, type.result, ['_result'])
    : loadExpression(site.context, module, type.result, { pointer: '_ret', offset: 0 })
  code.line(`return ${value};`)
}

/** More parameters than fit into core values go through a static area: the host reads it before anything else runs. */
function storeParams(site: Site, type: FuncType, args: readonly string[]): string[] {
  const types = type.params.map((param) => param.type)
  const offsets = fieldOffsets(types)
  site.code.line(`const _args = ${staticArea({ kind: 'tuple', items: types })};`)
  types.forEach((param, i) => {
    const at = { pointer: '_args', offset: offsets[i]!, value: args[i]! }
    site.code.line(storeStatement(site.context, site.module, param, at))
  })
  return ['<i32>_args']
}

/** Static memory for one value: functions of a component are not re-entered, so one area per function is enough. */
export function staticArea(type: ValueType): string {
  return `memory.data(${Math.max(layoutOf(type).size, 1)}, ${Math.max(alignOf(type), 4)})`
}

/** `[method]input-stream.read` → `inputStreamRead` */
function coreName(name: string): string {
  const [, kind = '', rest = name] = /^\[([\w-]+)\](.*)$/.exec(name) ?? []
  return camelCase(kind === '' ? name : rest.replaceAll('.', '-')) + pascalCase(kind)
}
