import type { ExternType, FuncType, ResourceType, ValueType } from '@wasm-plugin/runtime'
import { errors } from '../errors/index.js'
import { NameScope } from '../wit/name-scope.js'
import { parseFunctionName } from '../world/function-name.js'
import { isResource, localName } from '../world/scopes.js'
import type { World } from '../world/world.js'

/**
 * A `src/lib.rs` that implements every export of a world with `todo!()`: it compiles, and what is left to write is
 * what the world asks for.
 *
 * @throws {TYPE_UNSUPPORTED} for a name that wit-bindgen cannot give
 */
export function rustStubs(world: World): string {
  refuseSelf(world)
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
    only ? implementation(part, 'bindings') : inModule(part, modules),
  )
  return `${[bindings(world), only ? '' : 'struct Plugin;\n', ...bodies].filter((text) => text !== '').join('\n')}`
}

/** wit-bindgen writes `Self` for a type of the name `self`, which Rust has other plans for and no way around. */
function refuseSelf(world: World): void {
  for (const { name, interface: owner } of world.names.values())
    if (upperCamel(name) === 'Self')
      throw errors.TYPE_UNSUPPORTED({
        language: 'Rust',
        item: `${owner ?? world.id}#${name}`,
        feature: 'a type of the name "self"',
        elsewhere: true,
      })
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
function inModule(part: Interface, modules: NameScope): string {
  const path = part.id === null ? ['world'] : interfacePath(part.id)
  const name = modules.take(snakeCase(path.at(-1)!), path.map(snakeCase).join('_'))
  const body = implementation(part, 'crate::bindings')
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n')
  return `mod ${name} {\n    use crate::Plugin;\n${body}}\n`
}

function implementation({ id, items }: Interface, root: string): string {
  const types = new TypeWriter(items, id === null)
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
  readonly #names = new Map<ValueType | ResourceType, string>()
  readonly #ownResources = new Set<ResourceType>()

  /** @param isWorld whether the items are of the world itself, whose resources are the host's */
  constructor(items: ReadonlyMap<string, ExternType>, isWorld: boolean) {
    for (const [name, item] of items) {
      if (item.kind !== 'type' || !isNominal(item.type)) continue
      this.#names.set(item.type, upperCamel(name))
      if (isResource(item) && !isWorld) this.#ownResources.add(item.type)
    }
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

/** `Guest` is the trait. */
function upperCamel(kebab: string): string {
  const name = kebab
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join('')
  return name === 'Guest' ? 'Guest_' : name
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
