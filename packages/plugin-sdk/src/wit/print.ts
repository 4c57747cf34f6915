import type { ExternType, FuncType, ResourceType, ValueType } from '@wasm-plugin/runtime'

/** Gives the name to print for a type, or undefined to write the type out. */
export type NameOf = (type: ValueType | ResourceType) => string | undefined

/**
 * A type as WIT text: `list<option<string>>`, `document`. Records and other named types are written out when `nameOf`
 * has no name for them.
 */
export function printType(type: ValueType | ResourceType, nameOf: NameOf = () => undefined): string {
  const name = nameOf(type)
  if (name !== undefined) return name
  const print = (inner: ValueType | ResourceType) => printType(inner, nameOf)
  switch (type.kind) {
    case 'record':
      return `record { ${type.fields.map((field) => `${field.name}: ${print(field.type)}`).join(', ')} }`
    case 'variant':
      return `variant { ${type.cases.map((c) => (c.type === null ? c.name : `${c.name}(${print(c.type)})`)).join(', ')} }`
    case 'enum':
    case 'flags':
      return `${type.kind} { ${type.labels.join(', ')} }`
    case 'tuple':
      return `tuple<${type.items.map(print).join(', ')}>`
    case 'list':
      return type.length === undefined
        ? `list<${print(type.element)}>`
        : `list<${print(type.element)}, ${type.length}>`
    case 'option':
      return `option<${print(type.element)}>`
    case 'result':
      return printResult(type.ok === null ? null : print(type.ok), type.err === null ? null : print(type.err))
    case 'own':
      return nameOf(type.resource) ?? type.resource.name
    case 'borrow':
      return `borrow<${nameOf(type.resource) ?? type.resource.name}>`
    case 'stream':
    case 'future':
      return type.element === null ? type.kind : `${type.kind}<${print(type.element)}>`
    case 'map':
      return `map<${type.key === undefined ? '_' : print(type.key)}, ${type.element === null ? '_' : print(type.element)}>`
    case 'resource':
      return `resource ${type.name}`
    default:
      return type.kind
  }
}

/** `render: func(doc: document) -> result<page, string>` */
export function printFunction(name: string, type: FuncType, nameOf: NameOf = () => undefined): string {
  const params = type.params.map((param) => `${param.name}: ${printType(param.type, nameOf)}`).join(', ')
  const result = type.result === null ? '' : ` -> ${printType(type.result, nameOf)}`
  return `${name}: ${type.async ? 'async ' : ''}func(${params})${result}`
}

/** A function, type or other item in one line. */
export function printItem(name: string, item: ExternType, nameOf: NameOf = () => undefined): string {
  switch (item.kind) {
    case 'func':
      return printFunction(name, item, nameOf)
    case 'type':
      if (item.type.kind === 'resource') return printResource(name, item.type, nameOf)
      return isPrintable(item.type)
        ? `type ${name} = ${printType(item.type, except(nameOf, item.type))}`
        : `type ${name}`
    case 'instance':
      return `interface ${name}`
    default:
      return `${item.kind} ${name}`
  }
}

/** The name that a resource has in its own component means nothing to anybody else. */
function printResource(name: string, type: ResourceType, nameOf: NameOf): string {
  const first = nameOf(type)
  return first === undefined || first === name ? `resource ${name}` : `type ${name} = ${first}`
}

/** Names of types as their items say; two interfaces of one component may name one type differently. */
export function namesIn(items: ReadonlyMap<string, ExternType>): NameOf {
  const names = new Map<unknown, string>()
  for (const [name, item] of items) {
    if (item.kind === 'type' && !names.has(item.type)) names.set(item.type, name)
  }
  // A name for a primitive (`type duration = u64`) would rename every use of it.
  return (type) => (isPrimitive(type.kind) ? undefined : names.get(type))
}

function printResult(ok: string | null, err: string | null): string {
  if (err !== null) return `result<${ok ?? '_'}, ${err}>`
  return ok === null ? 'result' : `result<${ok}>`
}

function except(nameOf: NameOf, type: unknown): NameOf {
  return (other) => (other === type ? undefined : nameOf(other))
}

function isPrintable(type: { kind: string }): type is ValueType | ResourceType {
  return !['func', 'instance', 'component'].includes(type.kind)
}

function isPrimitive(kind: string): boolean {
  return /^([su]\d+|f\d+|bool|char|string)$/.test(kind)
}
