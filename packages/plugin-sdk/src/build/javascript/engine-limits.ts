import type { ValueType } from '@wasm-plugin/runtime'
import { errors } from '../../errors/index.js'
import { localName, scopesOf } from '../../world/scopes.js'
import { refuseUnsupported } from '../../world/unsupported.js'
import type { World } from '../../world/world.js'
import type { Bundle } from './bundle.js'
import { isLacking } from './globals.js'
import type { Toolchain } from './toolchain.js'
import { unicodeWarnings } from './unicode.js'

/**
 * Refuses a world that no host runs, or that QuickJS's components would answer with a trap: they take the handle of a
 * resource of their own for the object behind it, and give back what the host lends when the call is already over.
 *
 * @throws {TYPE_UNSUPPORTED}
 */
export function refuseWorld({ engine }: Toolchain, world: World, language: string): void {
  refuseUnsupported(world, language)
  refusePrototypes(world, language)
  if (engine === 'starling') {
    refuseSharedResources(world, language)
    return
  }
  refuseSharedNames(world, language)
  refuseOwnResources(world, language)
  for (const { id, functions, resources } of scopesOf(world, 'export')) {
    for (const { wit, type } of [...functions, ...resources.flatMap(({ members }) => members)]) {
      const limit = LIMITS.find(({ kind, direction }) => {
        const isSuch = (part: ValueType) =>
          part.kind === kind && world.names.get(part.resource)?.direction === direction
        return type.params.some((param) => contains(param.type, isSuch))
      })
      if (limit === undefined) continue
      throw errors.TYPE_UNSUPPORTED({
        language: `${language} (engine qjs)`,
        item: `${id}#${wit}`,
        feature: limit.feature,
        elsewhere: true,
      })
    }
  }
}

/** The one member of a class that nobody can define. */
function refusePrototypes(world: World, language: string): void {
  for (const { id, resources } of scopesOf(world, 'export'))
    for (const { wit, members } of resources)
      if (members.some(({ kind, name }) => kind === 'static' && name === 'prototype'))
        throw errors.TYPE_UNSUPPORTED({
          language,
          item: `${id}#${wit}`,
          feature: 'a static function "prototype", which a class has already',
          elsewhere: true,
        })
}

/** The glue of StarlingMonkey knows a resource by its name and its interface's, without the package or the world. */
function refuseSharedResources(world: World, language: string): void {
  for (const direction of ['import', 'export'] as const) {
    const seen = new Set<string>()
    for (const { id, isWorld, resources } of scopesOf(world, direction)) {
      for (const { wit } of isWorld ? [] : resources) {
        const name = `${id.includes(':') ? id.slice(id.indexOf('/')) : ''}#${wit}`
        if (seen.has(name))
          throw errors.TYPE_UNSUPPORTED({
            language: `${language} (engine starling)`,
            item: `${id}#${wit}`,
            feature: `a resource whose name another ${direction}ed interface of the same name has too`,
            elsewhere: true,
          })
        seen.add(name)
      }
    }
  }
}

/** Parameters of exported functions that the engine cannot take. */
const LIMITS = [
  {
    kind: 'own',
    direction: 'export',
    feature: 'a parameter that owns a resource which the plugin itself exports',
  },
  { kind: 'borrow', direction: 'import', feature: 'a parameter that borrows a resource of the host' },
] as const

/** QuickJS's components find a function by the name of its interface, without the package, and its own. */
function refuseSharedNames(world: World, language: string): void {
  const seen = new Set<string>()
  for (const { id, isWorld, functions, resources } of scopesOf(world, 'export')) {
    for (const { wit } of isWorld ? [] : [...functions, ...resources]) {
      const name = `${localName(id)}#${wit}`
      if (seen.has(name))
        throw errors.TYPE_UNSUPPORTED({
          language: `${language} (engine qjs)`,
          item: `${id}#${wit}`,
          feature: 'a name that another exported interface of the same name has too',
          elsewhere: true,
        })
      seen.add(name)
    }
  }
}

/** The tool that links QuickJS ends with such a world. */
function refuseOwnResources(world: World, language: string): void {
  const [own] = scopesOf(world, 'import').flatMap(({ isWorld, resources }) => (isWorld ? resources : []))
  if (own === undefined) return
  throw errors.TYPE_UNSUPPORTED({
    language: `${language} (engine qjs)`,
    item: `${world.id}#${own.wit}`,
    feature: 'a resource of the world itself, and of no interface',
    elsewhere: true,
  })
}

/** What a program uses that its engine may not have. */
export function engineWarnings({ engine }: Toolchain, { globals, code, lines }: Bundle): string[] {
  if (engine === 'starling') return unicodeWarnings(code, lines)
  const lacking = [...globals].filter(isLacking)
  return lacking.length === 0
    ? []
    : [`the program names ${lacking.join(', ')}, which the qjs engine does not have`]
}

/** Whether a type is such, or holds one. */
function contains(type: ValueType, isSuch: (type: ValueType) => boolean): boolean {
  const inner = (part: ValueType | null | undefined) => part != null && contains(part, isSuch)
  if (isSuch(type)) return true
  switch (type.kind) {
    case 'record':
      return type.fields.some((field) => inner(field.type))
    case 'variant':
      return type.cases.some((c) => inner(c.type))
    case 'tuple':
      return type.items.some(inner)
    case 'list':
    case 'option':
      return inner(type.element)
    case 'result':
      return inner(type.ok) || inner(type.err)
    default:
      return false
  }
}
