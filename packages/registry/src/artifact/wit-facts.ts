import type { ComponentType, ExternType } from '@wasm-plugin/runtime'
import { type CheckedComponent, decodeComponent } from '@wasm-plugin/runtime/internal'
import { packageErrors } from '../errors/index.js'
import { checkVersion, parsePackageName, printPackageName } from '../names/index.js'
import { type Digest, digestOf } from '../repository/index.js'

/** What a WIT package in its binary form says of itself, read from its bytes alone. */
export interface WitFacts {
  readonly content: { readonly digest: Digest; readonly size: number }
  /** `acme:site` */
  readonly name: string
  readonly version: string
  /** Its interfaces and worlds, as `acme:site/render@0.1.0`, sorted. */
  readonly exports: readonly string[]
  /** The packages whose interfaces and worlds it names, as `acme:types@0.1.0`, sorted. */
  readonly uses: readonly string[]
}

/**
 * @param what for the message
 * @throws {WIT_PACKAGE_INVALID} {PACKAGE_NAME_INVALID} {VERSION_INVALID}, and what reading a component throws
 */
export function readWitFacts(bytes: Uint8Array, what: string): WitFacts {
  const checked = decodeComponent(bytes)
  const invalid = (reason: string) => packageErrors.WIT_PACKAGE_INVALID({ what, reason })
  const items = itemsOf(checked)
  if (items === undefined) throw invalid('it is a component, not a WIT package')
  const exports = items.map(({ id }) => id).sort()
  const [own, ...others] = new Set(exports.map(packageOf))
  if (own === undefined || others.length > 0) throw invalid('it has not the items of one package')
  const used = new Set(
    items.flatMap(({ names }) => names.filter((name) => name.includes('/')).map(packageOf)),
  )
  const uses = [...used].filter((id) => id !== own).sort()
  const [name, version] = parts(own)
  if (version === undefined) throw invalid(`its package ${name} has no version`)
  for (const id of uses) if (parts(id)[1] === undefined) throw invalid(`it uses ${id}, which has no version`)
  return {
    content: { digest: digestOf(bytes), size: bytes.length },
    name: printPackageName(parsePackageName(name)),
    version: checkVersion(version),
    exports,
    uses,
  }
}

/** Whether a component holds types and nothing to run. */
export function isWitPackage(checked: CheckedComponent): boolean {
  return itemsOf(checked) !== undefined
}

interface Item {
  readonly id: string
  /** What is named in it. */
  readonly names: readonly string[]
}

/** Each interface and each world is a component type that exports the one thing, and imports what that uses. */
function itemsOf({ root }: CheckedComponent): Item[] | undefined {
  const { imports, exports } = root.type
  if (imports.size > 0 || exports.size === 0) return undefined
  const items: Item[] = []
  for (const item of exports.values()) {
    const wrapper = componentOf(item)
    const [exported, ...more] = wrapper?.exports ?? []
    if (wrapper === undefined || exported === undefined || more.length > 0) return undefined
    const [id, inner] = exported
    const world = componentOf(inner)
    items.push({ id, names: [...wrapper.imports.keys(), ...namesIn(world)] })
  }
  return items
}

function namesIn(world: ComponentType | undefined): string[] {
  return world === undefined ? [] : [...world.imports.keys(), ...world.exports.keys()]
}

function componentOf(item: ExternType | undefined): ComponentType | undefined {
  const inner = item?.kind === 'type' ? item.type : item
  return inner?.kind === 'component' ? inner : undefined
}

/** `acme:site@0.1.0` of `acme:site/render@0.1.0`. */
function packageOf(id: string): string {
  const [name = '', version] = parts(id)
  const plain = name.split('/')[0] ?? ''
  return version === undefined ? plain : `${plain}@${version}`
}

function parts(id: string): [name: string, version: string | undefined] {
  const at = id.indexOf('@')
  return at === -1 ? [id, undefined] : [id.slice(0, at), id.slice(at + 1)]
}
