import type { EnumType, FlagsType, RecordType, ValueType, VariantType } from '@wasm-plugin/runtime'
import { type Context, isNominal, type Scope } from './context.js'
import { memberName, pascalCase, typeName, variableName } from './names.js'
import { runtime, typeText } from './types.js'

/** Declares the types that the scope names, and re-exports those that it takes from other interfaces. */
export function declareTypes(context: Context, scope: Scope): void {
  for (const [name, item] of scope.items) {
    if (item.kind !== 'type' || (item.type.kind === 'resource' && scope.direction === 'export')) continue
    if (isNominal(item.type)) declareNominal(context, scope, name, item.type)
    else if (isValueType(item.type)) declareAlias(context, scope, name, item.type)
  }
}

function declareNominal(
  context: Context,
  scope: Scope,
  name: string,
  type: ValueType | { kind: 'resource' },
): void {
  const declaration = context.declarations.get(type as ValueType)!
  if (declaration.exportedBy !== undefined) return
  const { module } = scope
  if (declaration.path !== module.path || declaration.name !== typeName(name)) {
    if (declaration.path === module.path || !isTaken(scope, name, type)) {
      module.reexport(declaration.path, declaration.name, typeName(name))
    }
    return
  }
  if (type.kind === 'resource') return
  module.code.doc(context.doc(scope, name))
  if (type.kind === 'record') declareRecord(context, scope, name, type)
  if (type.kind === 'variant') declareVariant(context, scope, name, type)
  if (type.kind === 'enum' || type.kind === 'flags') declareEnum(context, scope, name, type)
}

/** Another type of this file already has the name, so that a re-export under it would clash. */
function isTaken(scope: Scope, name: string, type: unknown): boolean {
  return [...scope.items].some(
    ([other, item]) =>
      other !== name && item.kind === 'type' && item.type !== type && typeName(other) === typeName(name),
  )
}

/** `type headers = list<tuple<string, string>>` is a type alias in AssemblyScript too. */
function declareAlias(context: Context, scope: Scope, name: string, type: ValueType): void {
  const { module } = scope
  const text = typeText(context, module, type)
  const alias = module.declare(typeName(name))
  module.code.doc(context.doc(scope, name)).line(`export type ${alias} = ${text};`, '')
}

function declareRecord(context: Context, scope: Scope, name: string, type: RecordType): void {
  const { module } = scope
  const { code } = module
  const fields = type.fields.map((field) => ({
    name: memberName(field.name),
    param: variableName(field.name),
    type: typeText(context, module, field.type),
    doc: context.doc(scope, `${name}.${field.name}`),
  }))
  code.block(`export class ${typeName(name)} {`, () => {
    for (const field of fields) code.doc(field.doc).line(`${field.name}: ${field.type};`)
    const params = fields.map((field) => `${field.param}: ${field.type}`).join(', ')
    code.block(`constructor(${params}) {`, () => {
      for (const field of fields) code.line(`this.${field.name} = ${field.param};`)
    })
  })
  code.line('')
}

/** Flags are bits of an i32: combine with `|`, test with `&`. */
function declareEnum(context: Context, scope: Scope, name: string, type: EnumType | FlagsType): void {
  const { code } = scope.module
  const taken = new Set<string>()
  code.block(`export enum ${typeName(name)} {`, () => {
    if (type.kind === 'flags') code.line('None = 0,')
    type.labels.forEach((label, i) => {
      const value = type.kind === 'enum' ? i : (1 << i) | 0
      const own = pascalCase(label)
      const unique = taken.has(own) || (type.kind === 'flags' && own === 'None') ? `${own}_` : own
      taken.add(unique)
      code.doc(context.doc(scope, `${name}.${label}`)).line(`${unique} = ${value},`)
    })
  })
  code.line('')
}

/** A variant is one class: `tag`, one static factory per case, and `isX`/`asX` per case. */
function declareVariant(context: Context, scope: Scope, name: string, type: VariantType): void {
  const { module } = scope
  const { code } = module
  const cm = runtime(module)
  const self = typeName(name)
  code.block(`export enum ${self}Tag {`, () => {
    type.cases.forEach((c, i) => {
      code.line(`${pascalCase(c.name)} = ${i},`)
    })
  })
  code.block(`export class ${self} extends ${cm}.Variant {`, () => {
    code.line('private constructor(index: i32, payload: Object | null) { super(index, payload); }')
    code.line(`get tag(): ${self}Tag { return this.index; }`)
    for (const c of type.cases) {
      const label = pascalCase(c.name)
      const payload = c.type === null ? null : typeText(context, module, c.type)
      const params = payload === null ? '' : `value: ${payload}`
      const boxed = payload === null ? 'null' : `${cm}.box<${payload}>(value)`
      code.doc(context.doc(scope, `${name}.${c.name}`))
      code.line(
        `static ${memberName(c.name)}(${params}): ${self} { return new ${self}(${self}Tag.${label}, ${boxed}); }`,
      )
      code.line(`get is${label}(): bool { return this.index == ${self}Tag.${label}; }`)
      if (payload === null) continue
      code.block(`get as${label}(): ${payload} {`, () => {
        code.line(`assert(this.is${label}, "${name} is not ${c.name}");`)
        code.line(`return ${cm}.unbox<${payload}>(this.payload);`)
      })
    }
  })
  code.line('')
}

function isValueType(type: { kind: string }): type is ValueType {
  return !['func', 'instance', 'component', 'resource'].includes(type.kind)
}
