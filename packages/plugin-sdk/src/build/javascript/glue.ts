import { camelCase } from '../../wit/names.js'
import { localName, type NamedFunction, type Resource, type Scope, scopesOf } from '../../world/scopes.js'
import type { World } from '../../world/world.js'
import type { JavaScriptEngine } from '../settings.js'
import { conversionsOf, type Direction } from './convert.js'
import { foreignClasses } from './foreign-classes.js'

/** Names of modules that exist only while bundling; the bundler finds them in the SDK's `guest` folder. */
export const GUEST = 'wasm-plugin:guest/'

const HEAD = [
  `import { liftS64, liftU64, lowerS64, lowerU64, mapCase, mapFields, mapList, mapOption, mapTuple } from '${GUEST}values.js'`,
]

/**
 * The module that the engine starts: it checks that the plugin has what the world asks for, and exports it, with
 * exceptions reported and values converted where the engine's are not those of plugins.
 */
export function entryModule(world: World, entry: string, engine: JavaScriptEngine): string {
  const scopes = scopesOf(world, 'export')
  const writer = new GlueWriter(engine, ['lift', 'lower'])
  // Functions of the world by their names, interfaces by those that the engine looks for.
  const exports = scopes.flatMap((scope) =>
    scope.isWorld
      ? scope.functions.map((func) => [func.name, writer.wrapped('plugin', func)] as const)
      : [[engineName(scope, engine), writer.object(`plugin.${scope.local}`, scope)] as const],
  )
  const foreign = engine === 'qjs' ? foreignClasses(scopes, world) : NONE
  return [
    ...HEAD,
    ...foreign.imports,
    `import { check, wrap, wrapClass } from '${GUEST}exports.js'`,
    `import * as plugin from ${JSON.stringify(entry)}`,
    `check(plugin, ${JSON.stringify(scopes.flatMap(wantedOf))}, [${foreign.names.join(', ')}])`,
    ...exportRows(exports),
    '',
  ].join('\n')
}

/** StarlingMonkey takes an interface by its id. QuickJS has one object for all of a name, and looks in no other. */
function engineName({ id }: Scope, engine: JavaScriptEngine): string {
  return engine === 'starling' ? id : camelCase(localName(id))
}

/** Not by `export const`: a keyword can be exported, and cannot be declared. Objects of one name are joined. */
function exportRows(exports: readonly (readonly [name: string, text: string])[]): string[] {
  const texts = new Map<string, string[]>()
  for (const [name, text] of exports) texts.set(name, [...(texts.get(name) ?? []), text])
  return [...texts].map(([name, [first, ...more]], i) => {
    const value = more.length === 0 ? first : `Object.assign(${[first, ...more].join(', ')})`
    return `const the_export_${i} = ${value}\nexport { the_export_${i} as ${quote(name)} }`
  })
}

/** The module behind `import { log } from 'acme:site/log'`: the engine's own, or wrapped where values differ. */
export function importModule(scope: Scope, world: World, engine: JavaScriptEngine): string {
  const writer = new GlueWriter(engine, ['lower', 'lift'])
  if (engine === 'starling') return starlingImports(scope)
  // What is of the world itself is global there.
  const raw = scope.isWorld ? 'globalThis' : 'raw'
  return [
    ...importHead(scope, world),
    ...(scope.isWorld ? [] : [`import * as raw from ${quote(scope.id)}`]),
    ...exportRows([
      ...scope.functions.map((func) => [func.name, writer.imported(raw, func, scope.id)] as const),
      ...classesOf(scope).map((resource) => {
        const wrapped = `wrapImportedClass(${raw}.${resource.name}, ${writer.members(resource)})`
        return [resource.name, wrapped] as const
      }),
    ]),
  ].join('\n')
}

/**
 * Each function of the world itself is a module to StarlingMonkey, and its resources are in one together. An interface
 * with nothing to name, such as `wasi:sockets/network`, is no module there.
 */
function starlingImports(scope: Scope): string {
  const { id, isWorld, functions } = scope
  const classes = classesOf(scope)
  const list = (names: readonly { name: string }[]) => names.map(({ name }) => name).join(', ')
  const names = list([...functions, ...classes])
  if (!isWorld) return names === '' ? 'export {}' : `export { ${names} } from ${quote(id)}`
  return [
    ...functions.map(({ name, wit }) => `export { default as ${name} } from ${quote(wit)}`),
    ...(classes.length === 0 ? [] : [`export { ${list(classes)} } from '$root'`]),
  ].join('\n')
}

/** The engines make no class of an imported resource without functions. */
function classesOf({ resources }: Scope): readonly Resource[] {
  return resources.filter(({ members }) => members.length > 0)
}

const NONE = { imports: [], names: [] }

function importHead(scope: Scope, world: World): string[] {
  const foreign = foreignClasses([scope], world)
  return [
    ...HEAD,
    ...foreign.imports,
    `import { needs, wrapImport, wrapImportedClass } from '${GUEST}imports.js'`,
    ...(foreign.names.length === 0 ? [] : [`needs(${foreign.names.join(', ')})`]),
  ]
}

const quote = (text: string) => JSON.stringify(text)

/** Paths below the plugin's module, an object before what it has to hold. */
export function wantedOf({ isWorld, local, functions, resources }: Scope): string[][] {
  const root = isWorld ? [] : [local]
  return [
    ...(isWorld ? [] : [root]),
    ...functions.map(({ name }) => [...root, name]),
    ...resources.flatMap(({ name, members }) => [
      [...root, name],
      ...members.flatMap((member) =>
        member.kind === 'constructor'
          ? []
          : [[...root, name, ...(member.kind === 'method' ? ['prototype'] : []), member.name]],
      ),
    ]),
  ]
}

class GlueWriter {
  /** @param directions of parameters and of results */
  constructor(
    private readonly engine: JavaScriptEngine,
    private readonly directions: readonly [Direction, Direction],
  ) {}

  object(owner: string, { functions, resources }: Scope): string {
    const entries = [
      ...functions.map((func) => `${func.name}: ${this.wrapped(owner, func)}`),
      ...resources.map(
        (resource) => `${resource.name}: wrapClass(${owner}.${resource.name}, ${this.members(resource)})`,
      ),
    ]
    return `{\n  ${entries.join(',\n  ')},\n}`
  }

  wrapped(owner: string, func: NamedFunction): string {
    return `wrap(${owner}, ${quote(func.name)}, ${this.options(func)})`
  }

  imported(owner: string, func: NamedFunction, from: string): string {
    return `wrapImport(${owner}.${func.name}, { name: ${quote(`${func.name} of ${from}`)}, ...${this.options(func)} })`
  }

  members({ members }: Resource): string {
    const of = (kind: string) =>
      members
        .filter((member) => member.kind === kind)
        .map((member) => `${quote(member.name)}: ${this.options(member)}`)
        .join(', ')
    const construct = members.find(({ kind }) => kind === 'constructor')
    const own = construct === undefined ? '' : `construct: ${this.options(construct)}, `
    return `{ ${own}methods: { ${of('method')} }, statics: { ${of('static')} } }`
  }

  private options({ wit, type }: NamedFunction): string {
    const parts: string[] = []
    if (type.result?.kind === 'result') parts.push('fallible: true')
    if (this.engine === 'qjs') {
      // The receiver of a method is an object of the engine, not a value.
      const params = wit.startsWith('[method]') ? type.params.slice(1) : type.params
      const conversions = conversionsOf({ ...type, params }, this.directions)
      if (conversions.params.some((text) => text !== null))
        parts.push(`params: [${conversions.params.map((text) => text ?? 'undefined').join(', ')}]`)
      if (conversions.result !== null) parts.push(`result: ${conversions.result}`)
      if (conversions.error !== null) parts.push(`error: ${conversions.error}`)
    }
    return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
  }
}
