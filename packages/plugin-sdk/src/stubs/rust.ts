import type { ExternType, FuncType, ResourceType, ValueType } from '@wasm-plugin/runtime'
import { parseFunctionName } from '../world/function-name.js'
import { localName } from '../world/scopes.js'
import type { World } from '../world/world.js'

/**
 * A `src/lib.rs` that implements every export of a world with `todo!()`: it compiles, and what is left to write is
 * what the world asks for.
 */
export function rustStubs(world: World): string {
  const interfaces: Interface[] = []
  const own = new Map<string, ExternType>()
  for (const [name, item] of world.exports) {
    if (item.kind === 'instance') interfaces.push({ id: name, items: item.exports })
    else own.set(name, item)
  }
  if ([...own.values()].some((item) => item.kind === 'func')) interfaces.push({ id: null, items: own })
  const implementable = interfaces.filter(({ items }) => [...items.values()].some(needsImplementation))
  const only = implementable.length === 1
  const bodies = implementable.map((part) => (only ? implementation(part, 'bindings') : inModule(part)))
  return `${[bindings(world), only ? '' : 'struct Plugin;\n', ...bodies].filter((text) => text !== '').join('\n')}`
}

/** The items of an exported interface; with a null id, the functions of the world itself. */
interface Interface {
  readonly id: string | null
  readonly items: ReadonlyMap<string, ExternType>
}

const needsImplementation = (item: ExternType) => item.kind === 'func' || isResource(item)

const isResource = (item: ExternType): boolean =>
  item.kind === 'type' && item.bound === 'sub' && item.type.kind === 'resource'

function bindings(world: World): string {
  const name = localName(world.id)
  const features = world.features.map((feature) => JSON.stringify(feature)).join(', ')
  const gated = features === '' ? '' : `features: [${features}], `
  return `#![allow(unused_variables)] // until every \`todo!\` is gone

mod bindings {
    wit_bindgen::generate!({ path: "wit", world: "${name}", ${gated}generate_all });
    export!(Plugin with_types_in self);

    use super::Plugin;
}
`
}

/** Several interfaces would each want a \`Guest\` of their own. */
function inModule(part: Interface): string {
  const name = part.id === null ? 'world' : snakeCase(interfacePath(part.id).at(-1)!)
  const body = implementation(part, 'crate::bindings')
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n')
  return `mod ${name} {\n    use crate::Plugin;\n${body}}\n`
}

function implementation({ id, items }: Interface, root: string): string {
  const types = new TypeWriter(items)
  const functions = [...items].flatMap(([name, type]) =>
    type.kind === 'func' ? [{ type, parsed: parseFunctionName(name) }] : [],
  )
  const resources = [...items].filter(([, item]) => isResource(item)).map(([name]) => name)
  const guest = functions.flatMap(({ type, parsed }) =>
    parsed.kind === 'function'
      ? stub({ name: parsed.name, type, receiver: '', result: types.result(type) }, types)
      : [],
  )
  const resourceCode = resources.flatMap((resource) => [
    '',
    `pub struct My${upperCamel(resource)};`,
    '',
    'impl '.concat(types.use(`Guest${upperCamel(resource)}`), ` for My${upperCamel(resource)} {`),
    ...functions.flatMap(({ type, parsed }) => {
      if (parsed.kind === 'function' || parsed.resource !== resource) return []
      if (parsed.kind === 'constructor') {
        return stub({ name: 'new', type, receiver: '', result: types.constructed(type) }, types)
      }
      const receiver = parsed.kind === 'method' ? '&self' : ''
      return stub({ name: parsed.name, type, receiver, result: types.result(type) }, types)
    }),
    '}',
  ])
  const associated = resources.map(
    (resource) => `    type ${upperCamel(resource)} = My${upperCamel(resource)};`,
  )
  const path = id === null ? root : [root, 'exports', ...interfacePath(id).map(snakeCase)].join('::')
  const names = ['Guest', ...types.used].sort()
  return [
    `use ${path}::${names.length === 1 ? names[0] : `{${names.join(', ')}}`};`,
    '',
    ...(root === 'bindings' ? ['struct Plugin;', ''] : []),
    'impl Guest for Plugin {',
    ...associated,
    ...guest,
    '}',
    ...resourceCode,
    '',
  ].join('\n')
}

interface Stub {
  readonly name: string
  readonly type: FuncType
  readonly receiver: '' | '&self'
  /** ` -> String`, or nothing. */
  readonly result: string
}

function stub({ name, type, receiver, result }: Stub, types: TypeWriter): string[] {
  const params = (receiver === '' ? type.params : type.params.slice(1)).map(
    (param) => `${snakeCase(param.name)}: ${types.text(param.type)}`,
  )
  const list = [...(receiver === '' ? [] : [receiver]), ...params].join(', ')
  return [`    fn ${snakeCase(name)}(${list})${result} {`, '        todo!()', '    }']
}

/** Writes types as `wit-bindgen` names them in the module of one interface, and collects the names to import. */
class TypeWriter {
  readonly used = new Set<string>()
  readonly #names = new Map<ValueType | ResourceType, string>()
  readonly #ownResources = new Set<ResourceType>()

  constructor(items: ReadonlyMap<string, ExternType>) {
    for (const [name, item] of items) {
      if (item.kind !== 'type' || !isNominal(item.type)) continue
      this.#names.set(item.type, upperCamel(name))
      if (item.type.kind === 'resource' && item.bound === 'sub') this.#ownResources.add(item.type)
    }
  }

  use(name: string): string {
    this.used.add(name)
    return name
  }

  result(type: FuncType): string {
    return type.result === null ? '' : ` -> ${this.text(type.result)}`
  }

  /** What a constructor returns: the type that implements the resource, not a handle to it. */
  constructed({ result }: FuncType): string {
    return result?.kind === 'result' ? ` -> Result<Self, ${this.#half(result.err)}>` : ' -> Self'
  }

  text(type: ValueType): string {
    const name = this.#names.get(type)
    if (name !== undefined) return this.use(name)
    switch (type.kind) {
      case 'string':
        return 'String'
      case 'list':
        return `Vec<${this.text(type.element)}>`
      case 'option':
        return `Option<${this.text(type.element)}>`
      case 'result':
        return `Result<${this.#half(type.ok)}, ${this.#half(type.err)}>`
      case 'tuple':
        return `(${type.items.map((item) => `${this.text(item)},`).join(' ')})`.replace(
          /,\)$/,
          type.items.length === 1 ? ',)' : ')',
        )
      case 'own':
        return this.use(this.#names.get(type.resource) ?? upperCamel(type.resource.name))
      case 'borrow': {
        const resource = this.#names.get(type.resource) ?? upperCamel(type.resource.name)
        return this.#ownResources.has(type.resource)
          ? `${this.use(`${resource}Borrow`)}<'_>`
          : `&${this.use(resource)}`
      }
      default:
        return PRIMITIVES.get(type.kind) ?? type.kind
    }
  }

  #half(type: ValueType | null): string {
    return type === null ? '()' : this.text(type)
  }
}

const isNominal = (type: { kind: string }): type is ValueType | ResourceType =>
  ['record', 'variant', 'enum', 'flags', 'resource', 'list', 'option', 'result', 'tuple'].includes(type.kind)

const PRIMITIVES = new Map([
  ['s8', 'i8'],
  ['s16', 'i16'],
  ['s32', 'i32'],
  ['s64', 'i64'],
])

/** `acme:site/render@0.1.0` → acme, site, render; an inline interface is its own name. */
function interfacePath(id: string): string[] {
  return (id.split('@')[0] ?? id).split(/[:/]/)
}

function upperCamel(kebab: string): string {
  return kebab
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join('')
}

function snakeCase(kebab: string): string {
  const name = kebab.toLowerCase().replaceAll('-', '_')
  return KEYWORDS.has(name) ? `${name}_` : name
}

/** Identifiers that `wit-bindgen` gives a `_` behind, because Rust has other plans for them. */
const KEYWORDS = new Set(
  `as break const continue crate else enum extern false fn for if impl in let loop match mod move mut pub ref return
   self static struct super trait true type unsafe use where while async await dyn abstract become box do final macro
   override priv typeof unsized virtual yield try gen`.split(/\s+/),
)
