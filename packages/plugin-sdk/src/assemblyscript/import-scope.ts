import type { FuncType, ResourceType } from '@wasm-plugin/runtime'
import { type FunctionName, parseFunctionName } from '../world/function-name.js'
import { Temporaries } from './code.js'
import type { Context, Scope } from './context.js'
import { declareTypes } from './declare.js'
import { declareCoreImport, writeImportCall } from './import-function.js'
import { memberName, variableName } from './names.js'
import { runtime, typeText } from './types.js'
import { signatureType } from './values/lower-flat.js'

/** Writes the file of an imported interface: its types, its functions, and a class per resource. */
export function writeImports(context: Context, scope: Scope): void {
  declareTypes(context, scope)
  const functions = functionsOf(scope)
  for (const { name, type, parsed } of functions) {
    if (parsed.kind === 'function') writeFunction(context, scope, { name, type })
  }
  for (const [name, item] of scope.items) {
    if (item.kind === 'type' && item.bound === 'sub' && item.type.kind === 'resource') {
      const members = functions.filter(({ parsed }) => parsed.kind !== 'function' && parsed.resource === name)
      writeResource(context, scope, { name, type: item.type, members })
    }
  }
}

interface NamedFunction {
  readonly name: string
  readonly type: FuncType
}

interface Member extends NamedFunction {
  readonly parsed: FunctionName
}

export function functionsOf(scope: Scope): Member[] {
  return [...scope.items].flatMap(([name, type]) =>
    type.kind === 'func' ? [{ name, type, parsed: parseFunctionName(name) }] : [],
  )
}

function writeFunction(context: Context, scope: Scope, { name, type }: NamedFunction): void {
  const { module } = scope
  const args = type.params.map((param) => variableName(param.name))
  const imported = { external: { module: scope.id ?? '$root', name }, type, args }
  const core = declareCoreImport(scope, imported)
  const site = { context, module, code: module.code, temporaries: new Temporaries() }
  const head = `export function ${module.declare(variableName(name))}(${paramList(context, scope, type)}): ${signatureType(site, type.result)} {`
  module.code.doc(context.doc(scope, name)).block(head, () => writeImportCall(site, core, imported))
  module.code.line('')
}

function writeResource(
  context: Context,
  scope: Scope,
  { name, type, members }: { name: string; type: ResourceType; members: readonly Member[] },
): void {
  const { module } = scope
  const { code } = module
  const self = typeText(context, module, type)
  const external = (fn: string) => ({ module: scope.id ?? '$root', name: fn })
  const drop = module.declare(`__drop${self}`)
  code.line(
    '// @ts-ignore: decorator',
    `@external("${external('').module}", "[resource-drop]${name}") declare function ${drop}(handle: i32): void;`,
  )
  const imports = members.map((member) => {
    const isMethod = member.parsed.kind === 'method'
    const args = member.type.params.map((param, i) =>
      isMethod && i === 0 ? 'this' : variableName(param.name),
    )
    const imported = { external: external(member.name), type: member.type, args }
    return { ...member, imported, core: declareCoreImport(scope, imported) }
  })
  code.doc(context.doc(scope, name)).block(`export class ${self} extends ${runtime(module)}.Handle {`, () => {
    code.line(`drop(): void { if (this.__isLive) ${drop}(this.__take()); }`)
    if (!imports.some(isPlainConstructor)) code.line('private constructor() { super(); }')
    for (const member of imports) writeMember(context, scope, { ...member, self, owner: name })
  })
  code.line('')
}

/** A constructor that cannot fail is the class's constructor; one that returns a result is a static `create`. */
function isPlainConstructor({ parsed, type }: Member): boolean {
  return parsed.kind === 'constructor' && type.result?.kind === 'own'
}

function writeMember(
  context: Context,
  scope: Scope,
  member: Member & {
    core: string
    imported: { external: { module: string; name: string }; type: FuncType; args: string[] }
    self: string
    owner: string
  },
): void {
  const { module } = scope
  const { code } = module
  const { parsed, type, core, imported } = member
  const site = { context, module, code, temporaries: new Temporaries() }
  const isMethod = parsed.kind === 'method'
  const params = paramList(context, scope, isMethod ? { ...type, params: type.params.slice(1) } : type)
  if (parsed.kind === 'function') return
  const label = parsed.kind === 'constructor' ? 'constructor' : parsed.name
  code.doc(context.doc(scope, `${member.owner}.${label}`))
  if (isPlainConstructor(member)) {
    const handle = { ...type, result: { kind: 'u32' } as const }
    code.block(`static __create(${params}): i32 {`, () =>
      writeImportCall(site, core, { ...imported, type: handle }),
    )
    code.line(
      `constructor(${params}) { super(); this.__set(${member.self}.__create(${imported.args.join(', ')})); }`,
    )
    return
  }
  const name = parsed.kind === 'constructor' ? 'create' : memberName(parsed.name)
  const head = `${isMethod ? '' : 'static '}${name}(${params}): ${signatureType(site, type.result)} {`
  code.block(head, () => writeImportCall(site, core, imported))
}

function paramList(context: Context, scope: Scope, type: FuncType): string {
  return type.params
    .map((param) => `${variableName(param.name)}: ${typeText(context, scope.module, param.type)}`)
    .join(', ')
}
