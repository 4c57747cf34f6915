import type { FuncType, ValueType } from '@wasm-plugin/runtime'
import { alignOf, fieldOffsets, flattenFunc, flattenType, layoutOf } from '@wasm-plugin/runtime/internal'
import type { FunctionName } from '../world/function-name.js'
import { Code, Temporaries } from './code.js'
import type { Context, Scope } from './context.js'
import { declareTypes } from './declare.js'
import { staticArea } from './import-function.js'
import { functionsOf } from './import-scope.js'
import { memberName, pascalCase, typeName, variableName } from './names.js'
import { runtime, typeText, usesMemory } from './types.js'
import { isOwnResource } from './values/handles.js'
import { liftFlat, type Site } from './values/lift-flat.js'
import { loadExpression } from './values/load.js'
import { lowerFlat, signatureType } from './values/lower-flat.js'
import { storeStatement } from './values/store.js'

/** Something that the author's code must have for the world, to explain a compile error in the glue. */
export interface Expectation {
  /** Identifier of the core export whose glue uses it. */
  readonly glue: string
  /** Path of the author's file without extension, relative to the generated files. */
  readonly implementation: string
  /** `analyze`, or `Counter.inc` for a member of an exported resource. */
  readonly name: string
  /** The signature that the contract wants, as AssemblyScript. */
  readonly wanted: string
}

/** Writes the types of an exported interface, and the core exports that call the author's code. */
export function writeExports(context: Context, scope: Scope): Expectation[] {
  declareTypes(context, scope)
  const expectations = functionsOf(scope).map(({ name, type, parsed }) => {
    if (parsed.kind === 'function') declareResultClass(context, scope, { name, type })
    return writeExport(context, scope, { name, type, parsed })
  })
  for (const [name, item] of scope.items) {
    if (item.kind === 'type' && item.bound === 'sub' && item.type.kind === 'resource') {
      writeDestructor(context, scope, { name, type: item.type })
    }
  }
  return expectations
}

/** `AnalyzeResult.ok(…)` and `.err(…)`, so that nobody writes the type arguments of a result. */
function declareResultClass(context: Context, scope: Scope, fn: { name: string; type: FuncType }): void {
  const { result } = fn.type
  if (result?.kind !== 'result') return
  const { module } = scope
  const cm = runtime(module)
  const ok = typeText(context, module, result.ok)
  const err = typeText(context, module, result.err)
  const name = module.declare(`${pascalCase(fn.name)}Result`)
  const make = (which: string, param: string, values: string) =>
    `static ${which}(${param}): ${name} { return new ${name}(${values}); }`
  module.code
    .doc(`What \`${variableName(fn.name)}\` returns.`)
    .block(`export class ${name} extends ${cm}.Result<${ok}, ${err}> {`, (code) => {
      code.line(`private constructor(isOk: bool, value: ${ok}, error: ${err}) { super(isOk, value, error); }`)
      const okParam = result.ok === null ? '' : `value: ${ok}`
      const errParam = result.err === null ? '' : `error: ${err}`
      code.line(
        make('ok', okParam, `true, ${result.ok === null ? `${cm}.unit` : 'value'}, ${cm}.zero<${err}>()`),
      )
      code.line(
        make('err', errParam, `false, ${cm}.zero<${ok}>(), ${result.err === null ? `${cm}.unit` : 'error'}`),
      )
    })
    .line('')
}

function writeExport(
  context: Context,
  scope: Scope,
  { name, type, parsed }: { name: string; type: FuncType; parsed: FunctionName },
): Expectation {
  const module = context.entry
  const site: Site = { context, module, code: new Code(), temporaries: new Temporaries() }
  const { code } = site
  const cm = runtime(module)
  const flat = flattenFunc(type, 'lift')
  const glue = `e${context.exportNames.size}`
  const canonical = scope.id === null ? name : `${scope.id}#${name}`
  const names = [canonical]
  context.exportNames.set(glue, names)

  const result = flat.core.results[0] ?? 'void'
  const params = flat.core.params.map((param, i) => `a${i}: ${param}`).join(', ')
  code.block(`export function ${glue}(${params}): ${result} { // ${canonical}`, () => {
    code.line(`${cm}.enter();`)
    const args = flat.paramsInMemory ? loadParams(site, type) : liftParams(site, type)
    const call = callExpression(site, scope, { parsed, args })
    const resultType = signatureType(site, type.result)
    code.line(type.result === null ? `${call};` : `const _value: ${resultType} = ${call};`)
    if (type.params.some((param) => hasBorrow(context, param.type))) code.line(`${cm}.endBorrows();`)
    if (type.result === null) return
    if (!flat.resultInMemory) {
      code.line(`return ${lowerFlat(site, type.result, '_value')[0]};`)
      return
    }
    code.line(`const _ret = ${staticArea(type.result)};`)
    if (usesMemory(type.result)) {
      names.push('')
      code.line(`${cm}.keep(_value);`)
    }
    const at = { pointer: '_ret', offset: 0, value: '_value' }
    code.line(storeStatement(context, module, type.result, at), 'return <i32>_ret;')
  })
  if (names.length > 1) {
    names.pop()
    const post = context.exportNames.get('postReturn') ?? []
    context.exportNames.set('postReturn', [...post, `cabi_post_${canonical}`])
  }
  module.code.line(code.toString(), '')
  return { glue, implementation: scope.implementation, ...wanted(context, scope, { name, type, parsed }) }
}

function liftParams(site: Site, type: FuncType): string[] {
  let at = 0
  return type.params.map((param) => {
    const count = flattenType(param.type)!.length
    const flat = Array.from({ length: count }, (_, i) => `a${at + i}`)
    at += count
    return bind(site, param.type, liftFlat(site, param.type, flat))
  })
}

/** Many parameters arrive as one block that the host had us allocate. */
function loadParams(site: Site, type: FuncType): string[] {
  const types = type.params.map((param) => param.type)
  const offsets = fieldOffsets(types)
  const args = types.map((param, i) =>
    bind(
      site,
      param,
      loadExpression(site.context, site.module, param, { pointer: 'a0', offset: offsets[i]! }),
    ),
  )
  const block = layoutOf({ kind: 'tuple', items: types })
  site.code.line(
    `${runtime(site.module)}.free(a0, ${Math.max(block.size, alignOf({ kind: 'tuple', items: types }))});`,
  )
  return args
}

function bind(site: Site, type: ValueType, expression: string): string {
  const name = site.temporaries.fresh()
  site.code.line(`const ${name}: ${typeText(site.context, site.module, type)} = ${expression};`)
  return name
}

function callExpression(
  site: Site,
  scope: Scope,
  { parsed, args }: { parsed: FunctionName; args: readonly string[] },
): string {
  const { module } = site
  const list = args.join(', ')
  if (parsed.kind === 'function')
    return `${module.use(scope.implementation, variableName(parsed.name))}(${list})`
  const self = module.use(scope.implementation, typeName(parsed.resource))
  if (parsed.kind === 'constructor') return `new ${self}(${list})`
  if (parsed.kind === 'static') return `${self}.${memberName(parsed.name)}(${list})`
  return `${args[0]}.${memberName(parsed.name)}(${args.slice(1).join(', ')})`
}

/** The host drops what an exported resource's handle stood for; an `onDrop` method hears of it. */
function writeDestructor(
  context: Context,
  scope: Scope,
  { name, type }: { name: string; type: ValueType | { kind: 'resource'; name: string } },
): void {
  const module = context.entry
  const cm = runtime(module)
  const glue = `d${context.exportNames.size}`
  context.exportNames.set(glue, [`${scope.id}#[dtor]${name}`])
  const self = typeText(context, module, type as ValueType)
  module.code.block(`export function ${glue}(rep: i32): void { // drop ${name}`, (code) => {
    code.line(`const object = ${cm}.objectOf<${self}>(rep);`, `${cm}.dropRep(rep);`)
    code.line('// @ts-ignore: only if the class has it', 'if (isDefined(object.onDrop)) object.onDrop();')
  })
  module.code.line('')
}

/** True if a value of the type holds a handle that the host lends for the call. */
function hasBorrow(context: Context, type: ValueType | null): boolean {
  const of = (inner: ValueType | null) => hasBorrow(context, inner)
  switch (type?.kind) {
    case 'borrow':
      return !isOwnResource(context, type)
    case 'list':
    case 'option':
      return of(type.element)
    case 'record':
      return type.fields.some((field) => of(field.type))
    case 'tuple':
      return type.items.some(of)
    case 'variant':
      return type.cases.some((c) => of(c.type))
    case 'result':
      return of(type.ok) || of(type.err)
    default:
      return false
  }
}

function wanted(
  context: Context,
  scope: Scope,
  { type, parsed }: { name: string; type: FuncType; parsed: FunctionName },
): Pick<Expectation, 'name' | 'wanted'> {
  const text = (t: ValueType) => typeText(context, scope.module, t).replaceAll('cm.', '')
  const params = (parsed.kind === 'method' ? type.params.slice(1) : type.params)
    .map((param) => `${variableName(param.name)}: ${text(param.type)}`)
    .join(', ')
  const result = type.result === null ? 'void' : text(type.result)
  if (parsed.kind === 'function') {
    const name = variableName(parsed.name)
    const returned = type.result?.kind === 'result' ? `${pascalCase(parsed.name)}Result` : result
    return { name, wanted: `export function ${name}(${params}): ${returned}` }
  }
  const self = typeName(parsed.resource)
  if (parsed.kind === 'constructor')
    return { name: self, wanted: `export class ${self} { constructor(${params}) }` }
  const member = memberName(parsed.name)
  const prefix = parsed.kind === 'static' ? 'static ' : ''
  return {
    name: `${self}.${member}`,
    wanted: `export class ${self} { ${prefix}${member}(${params}): ${result} }`,
  }
}
