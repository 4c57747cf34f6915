import { exportName, type NamedFunction, type Resource, type Scope, scopesOf } from '../../world/scopes.js'
import type { World } from '../../world/world.js'
import type { JavaScriptEngine } from '../settings.js'
import { conversionsOf, type Direction } from './convert.js'

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
  const exports = scopes.map((scope) =>
    scope.isWorld
      ? scope.functions
          .map((func) => `export const ${func.name} = ${writer.wrapped('plugin', func)}`)
          .join('\n')
      : `export const ${exportName(scope.id)} = ${writer.object(`plugin.${exportName(scope.id)}`, scope)}`,
  )
  return [
    ...HEAD,
    `import { check, wrap, wrapClass } from '${GUEST}exports.js'`,
    `import * as plugin from ${JSON.stringify(entry)}`,
    `check(plugin, ${JSON.stringify(scopes.flatMap(wantedOf))})`,
    ...exports,
    '',
  ].join('\n')
}

/** The module behind `import { log } from 'acme:site/log'`: the engine's own, or wrapped where values differ. */
export function importModule(scope: Scope, engine: JavaScriptEngine): string {
  const writer = new GlueWriter(engine, ['lower', 'lift'])
  if (scope.isWorld) {
    return engine === 'starling'
      ? scope.functions.map(({ name, wit }) => `export { default as ${name} } from ${quote(wit)}`).join('\n')
      : [
          ...importHead(),
          ...scope.functions.map(
            (func) => `export const ${func.name} = ${writer.imported('globalThis', func)}`,
          ),
        ].join('\n')
  }
  const names = [...scope.functions, ...scope.resources].map(({ name }) => name)
  if (engine === 'starling') return `export { ${names.join(', ')} } from ${quote(scope.id)}`
  return [
    ...importHead(),
    `import * as raw from ${quote(scope.id)}`,
    ...scope.functions.map((func) => `export const ${func.name} = ${writer.imported('raw', func)}`),
    ...scope.resources.map(
      (resource) =>
        `export const ${resource.name} = wrapImportedClass(raw.${resource.name}, ${writer.members(resource)})`,
    ),
  ].join('\n')
}

const importHead = () => [...HEAD, `import { wrapImport, wrapImportedClass } from '${GUEST}imports.js'`]
const quote = (text: string) => JSON.stringify(text)

/** Paths below the plugin's module, an object before what it has to hold. */
export function wantedOf({ isWorld, id, functions, resources }: Scope): string[][] {
  const root = isWorld ? [] : [exportName(id)]
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

  imported(owner: string, func: NamedFunction): string {
    return `wrapImport(${owner}.${func.name}, ${this.options(func)})`
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
