import type { ExternType, InstanceType } from '@wasm-plugin/runtime'
import { namesIn, printItem } from '../wit/print.js'
import { isAnswered } from '../world/shipped.js'
import type { World } from '../world/world.js'
import { TypeMatcher } from './match.js'
import { findCompatible } from './versions.js'

/** One way in which a component is not what a world asks for. */
export interface Difference {
  readonly kind:
    | 'missing-export'
    | 'missing-function'
    | 'extra-export'
    | 'extra-import'
    | 'extra-imported-function'
    | 'signature'
  readonly direction: 'import' | 'export'
  /** Interface id, or the name of a world-level item. */
  readonly interface: string
  /** Function or type inside the interface. */
  readonly item?: string
  /** WIT text of what the world has; absent when the world has nothing of that name. */
  readonly wanted?: string
  /** WIT text of what the component has; absent when it has nothing of that name. */
  readonly found?: string
  /** True if the component cannot be used as a plugin of that world; an extra export does no harm. */
  readonly fatal: boolean
}

export interface ComponentShape {
  readonly imports: ReadonlyMap<string, ExternType>
  readonly exports: ReadonlyMap<string, ExternType>
}

/**
 * What separates a component from a world. It may import less than the world offers and export more than it asks for;
 * everything else is a difference that matters. Types are compared by structure, resources by name, interfaces across
 * compatible versions. WASI that the world does not name is reported, not refused: compilers add it, hosts offer it
 * under their grants. What no host answers of it is as any other import.
 */
export function compareWithWorld(component: ComponentShape, world: ComponentShape): Difference[] {
  return [...compareImports(component, world), ...compareExports(component, world)]
}

/** True if nothing stands between the component and the world. */
export function fitsWorld(component: ComponentShape, world: World): boolean {
  return compareWithWorld(component, world).every((difference) => !difference.fatal)
}

function* compareImports(component: ComponentShape, world: ComponentShape): Generator<Difference> {
  for (const [name, found] of component.imports) {
    const wanted = findCompatible(world.imports, name)
    const base = { direction: 'import', interface: name } as const
    if (wanted === undefined) {
      const fatal = !isAnswered(name)
      yield { ...base, kind: 'extra-import', found: printItem(name, found), fatal }
    } else if (found.kind === 'instance' && wanted.kind === 'instance') {
      yield* compareItems(base, { needed: found, given: wanted })
    } else {
      yield* compareItem(base, name, { found, wanted })
    }
  }
}

function* compareExports(component: ComponentShape, world: ComponentShape): Generator<Difference> {
  for (const [name, wanted] of world.exports) {
    const found = findCompatible(component.exports, name)
    const base = { direction: 'export', interface: name } as const
    if (found === undefined) {
      yield { ...base, kind: 'missing-export', wanted: printItem(name, wanted), fatal: true }
    } else if (found.kind === 'instance' && wanted.kind === 'instance') {
      yield* compareItems(base, { needed: wanted, given: found })
    } else {
      yield* compareItem(base, name, { found, wanted })
    }
  }
  for (const [name, found] of component.exports) {
    if (findCompatible(world.exports, name) !== undefined) continue
    yield {
      kind: 'extra-export',
      direction: 'export',
      interface: name,
      found: printItem(name, found),
      fatal: false,
    }
  }
}

type Base = Pick<Difference, 'direction' | 'interface'>

/** One side needs the items of an interface, the other gives them; for imports the component needs. */
function* compareItems(
  base: Base,
  { needed, given }: { needed: InstanceType; given: InstanceType },
): Generator<Difference> {
  const imported = base.direction === 'import'
  const matcher = new TypeMatcher(needed, given)
  for (const [item, need] of needed.exports) {
    const gift = given.exports.get(item)
    const needText = printItem(item, need, namesIn(needed.exports))
    if (gift === undefined) {
      yield imported
        ? { ...base, kind: 'extra-imported-function', item, found: needText, fatal: true }
        : { ...base, kind: 'missing-function', item, wanted: needText, fatal: true }
    } else if (!matcher.matches(need, gift)) {
      const giftText = printItem(item, gift, namesIn(given.exports))
      const texts = imported ? { found: needText, wanted: giftText } : { found: giftText, wanted: needText }
      yield { ...base, kind: 'signature', item, ...texts, fatal: true }
    }
  }
}

/** A function or type of the world itself. */
function* compareItem(
  base: Base,
  name: string,
  { found, wanted }: { found: ExternType; wanted: ExternType },
): Generator<Difference> {
  if (new TypeMatcher(null, null).matches(found, wanted)) return
  yield {
    ...base,
    kind: 'signature',
    wanted: printItem(name, wanted),
    found: printItem(name, found),
    fatal: true,
  }
}
