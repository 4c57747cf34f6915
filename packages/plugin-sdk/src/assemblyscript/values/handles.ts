import type { HandleType } from '@wasm-plugin/runtime'
import type { Context } from '../context.js'
import type { Module } from '../module.js'
import { runtime, typeText } from '../types.js'

/** Expression that makes the AssemblyScript object for a handle that came in. */
export function liftHandle(context: Context, module: Module, type: HandleType, handle: string): string {
  const self = typeText(context, module, type.resource)
  const cm = runtime(module)
  if (exporterOf(context, type) === undefined) {
    return `${cm}.${type.kind === 'own' ? 'adopt' : 'borrow'}<${self}>(${handle})`
  }
  // A borrow of a resource of ours arrives as its rep, an own as a handle.
  if (type.kind === 'borrow') return `${cm}.objectOf<${self}>(${handle})`
  return `${intrinsic(context, module, type, 'own')}(${handle})`
}

/** Expression that gives the handle to hand out. */
export function lowerHandle(context: Context, module: Module, type: HandleType, value: string): string {
  if (exporterOf(context, type) === undefined) {
    return type.kind === 'own' ? `${value}.__take()` : `${value}.__handle`
  }
  const self = typeText(context, module, type.resource)
  return `${intrinsic(context, module, type, 'new')}(${runtime(module)}.repOf<${self}>(${value}))`
}

/** True if the type's handles are of a resource that the plugin implements. */
export function isOwnResource(context: Context, type: HandleType): boolean {
  return exporterOf(context, type) !== undefined
}

function exporterOf(context: Context, type: HandleType): string | null | undefined {
  return context.declarations.get(type.resource)?.exportedBy
}

const declared = new WeakMap<Context, Map<string, string>>()

/** Declares the canonical built-ins of an exported resource once, in `values`. */
function intrinsic(context: Context, module: Module, type: HandleType, which: 'new' | 'own'): string {
  const table = declared.get(context) ?? new Map<string, string>()
  declared.set(context, table)
  const { values } = context
  const self = typeText(context, values, type.resource)
  const key = `${exporterOf(context, type)} ${type.resource.name}`
  let prefix = table.get(key)
  if (prefix === undefined) {
    prefix = values.declare(`handle${self}`)
    table.set(key, prefix)
    const cm = runtime(values)
    const external = (what: string) =>
      `@external("[export]${exporterOf(context, type)}", "[resource-${what}]${type.resource.name}")`
    values.code.line(
      '// @ts-ignore: decorator',
      `${external('new')} export declare function ${prefix}_new(rep: i32): i32;`,
      '// @ts-ignore: decorator',
      `${external('rep')} declare function ${prefix}_rep(handle: i32): i32;`,
      '// @ts-ignore: decorator',
      `${external('drop')} declare function ${prefix}_drop(handle: i32): void;`,
      `export function ${prefix}_own(handle: i32): ${self} {`,
      `  const object = ${cm}.objectOf<${self}>(${prefix}_rep(handle));`,
      `  ${prefix}_drop(handle);`,
      '  return object;',
      '}',
      '',
    )
  }
  return module.use(values.path, `${prefix}_${which}`)
}
