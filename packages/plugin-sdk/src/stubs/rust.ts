import type { ExternType, FuncType, ResourceType, ValueType } from '@wasm-plugin/runtime'
import { generatorLimit } from '../build/rust/generator-limits.js'
import { snakeCase, typeName, upperCamel } from '../build/rust/names.js'
import { NameScope } from '../wit/name-scope.js'
import { parseFunctionName } from '../world/function-name.js'
import { isResource, localName } from '../world/scopes.js'
import type { World } from '../world/world.js'

/**
 * A `src/lib.rs` that implements every export of a world with `todo!()`: it compiles, and what is left to write is
 * what the world asks for.
 *
 * @throws {TYPE_UNSUPPORTED} for what wit-bindgen has no form for
 */
export function rustStubs(world: World): string {
  const limit = generatorLimit(world)
  if (limit !== null) throw limit
  const interfaces: Interface[] = []
  // A world has its types among its imports.
  const own = new Map([...world.imports].filter(([, item]) => item.kind === 'type'))
  for (const [name, item] of world.exports) {
    if (item.kind === 'instance') interfaces.push({ id: name, items: item.exports })
    else own.set(name, item)
  }
  if ([...own.values()].some((item) => item.kind === 'func')) interfaces.push({ id: null, items: own })
  const implementable = interfaces.filter(({ items }) => [...items.values()].some(needsImplementation))
  const only = implementable.length === 1
  const modules = new NameScope(['bindings'])
  const bodies = implementable.map((part) =>
    only ? implementation(part, world, 'bindings') : inModule(part, world, modules),
  )
  return `${[bindings(world), only ? '' : 'struct Plugin;\n', ...bodies].filter((text) => text !== '').join('\n')}`
}

/** The items of an exported interface; with a null id, the functions of the world itself. */
interface Interface {
  readonly id: string | null
  readonly items: ReadonlyMap<string, ExternType>
}

const needsImplementation = (item: ExternType) => item.kind === 'func' || isResource(item)

function bindings(world: World): string {
  const name = localName(world.id)
  const features = world.features.map((feature) => JSON.stringify(feature)).join(', ')
  const gated = features === '' ? '' : `features: [${features}], `
  return `#![allow(unused_variables)] // until every \`todo!\` is gone

mod bindings {
    wit_bindgen::generate!({ path: "wit", world: "${name}", ${gated}generate_all });
${exportsAnything(world) ? EXPORT : ''}}
`
}

const EXPORT = `    export!(Plugin with_types_in self);

    use super::Plugin;
`

/** There is no macro for a world that exports nothing. */
function exportsAnything({ exports }: World): boolean {
  return [...exports.values()].some(({ kind }) => kind === 'func' || kind === 'instance')
}

/** Several interfaces would each want a \`Guest\` of their own. */
function inModule(part: Interface, world: World, modules: NameScope): string {
  const path = part.id === null ? ['world'] : interfacePath(part.id)
  const name = modules.take(snakeCase(path.at(-1)!), path.map(snakeCase).join('_'))
  const body = implementation(part, world, 'crate::bindings')
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n')
  return `mod ${name} {\n    use crate::Plugin;\n${body}}\n`
}

function implementation({ id, items }: Interface, world: World, root: string): string {
  const types = new TypeWriter(items, world)
  const functions = [...items].flatMap(([name, type]) =>
    type.kind === 'func' ? [{ type, parsed: parseFunctionName(name) }] : [],
  )
  // Those of the world itself are the host's.
  const resources = id === null ? [] : [...items].filter(([, item]) => isResource(item)).map(([name]) => name)
  const own = new Map(resources.map((name) => [name, types.declare(`My${upperCamel(name)}`)] as const))
  const guest = functions.flatMap(({ type, parsed }) =>
    parsed.kind === 'function'
      ? stub({ name: parsed.name, type, receiver: '', result: types.result(type) }, types)
      : [],
  )
  const resourceCode = resources.flatMap((resource) => [
    '',
    `pub struct ${own.get(resource)};`,
    '',
    'impl '.concat(types.use(`Guest${upperCamel(resource)}`), ` for ${own.get(resource)} {`),
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
  const associated = resources.map((resource) => `    type ${upperCamel(resource)} = ${own.get(resource)};`)
  const path = id === null ? root : [root, 'exports', ...interfacePath(id).map(snakeCase)].join('::')
  const names = ['Guest', ...types.imports].sort()
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
  /** What the module gives, by its local name. */
  readonly #used = new Map<string, string>()
  readonly #locals = new NameScope(PRELUDE, ['Plugin', 'Guest'])
  /** As in the contract. */
  readonly #names = new Map<ValueType | ResourceType, string>()
  readonly #world: World

  constructor(items: ReadonlyMap<string, ExternType>, world: World) {
    this.#world = world
    for (const [name, item] of items)
      if (item.kind === 'type' && isNominal(item.type)) this.#names.set(item.type, name)
  }

  /** Items to import: `Page`, `Option as WitOption`. */
  get imports(): string[] {
    return [...this.#used].map(([name, local]) => (name === local ? name : `${name} as ${local}`))
  }

  use(name: string): string {
    const local = this.#used.get(name) ?? this.#locals.take(name, `Wit${name}`)
    this.#used.set(name, local)
    return local
  }

  /** A name for a type that the stubs declare. */
  declare(name: string): string {
    return this.#locals.take(name, `${name}_`)
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
    if (name !== undefined) return this.use(typeName(name))
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
        return this.use(typeName(this.#nameOf(type.resource)))
      case 'borrow':
        return this.#isOfPlugin(type.resource)
          ? `${this.use(`${upperCamel(this.#nameOf(type.resource))}Borrow`)}<'_>`
          : `&${this.use(typeName(this.#nameOf(type.resource)))}`
      default:
        return PRIMITIVES.get(type.kind) ?? type.kind
    }
  }

  #half(type: ValueType | null): string {
    return type === null ? '()' : this.text(type)
  }

  #nameOf(resource: ResourceType): string {
    return this.#names.get(resource) ?? resource.name
  }

  /** Whichever of its interfaces defines it. Those of the world itself, and of what it imports, are the application's. */
  #isOfPlugin(resource: ResourceType): boolean {
    return this.#world.names.get(resource)?.direction === 'export'
  }
}

/** Types that stubs are written with. */
const PRELUDE = 'Option Result String Vec Box Some None Ok Err Self'.split(' ')

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
