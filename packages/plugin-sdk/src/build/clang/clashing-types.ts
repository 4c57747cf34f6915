import type { ExternType } from '@wasm-plugin/runtime'
import { parseFunctionName } from '../../world/function-name.js'
import { isResource } from '../../world/scopes.js'
import type { World } from '../../world/world.js'

/**
 * Types of which the bindings in C would name something as something else of the same interface: `size` is passed as
 * `borrow_size_t`, and a function of the resource `size-t` is named so. Those that are named plainly keep their names.
 */
export function clashingTypes({ imports, exports }: World): ReadonlySet<string> {
  const scopes = [imports, exports].flatMap((items) => [
    items,
    ...[...items.values()].flatMap((item) => (item.kind === 'instance' ? [item.exports] : [])),
  ])
  return new Set(scopes.flatMap(clashesIn))
}

function clashesIn(items: ReadonlyMap<string, ExternType>): string[] {
  const functions = [...items].flatMap(([name, item]) =>
    item.kind === 'func' && parseFunctionName(name).kind === 'function' ? [inC(name)] : [],
  )
  const taken = new Set(functions)
  const types = [...items].filter(([, item]) => item.kind === 'type')
  const plainFirst = types.sort(([a], [b]) => Number(AFFIXED.test(a)) - Number(AFFIXED.test(b)))
  return plainFirst.flatMap(([name, item]) => {
    const names = namesOf(inC(name), isResource(item))
    const clashes = names.some((each) => taken.has(each))
    for (const each of clashes ? namesOf(`${inC(name)}_`, isResource(item)) : names) taken.add(each)
    return clashes ? [name] : []
  })
}

const AFFIXED = /^(?:own|borrow|list|option)-|-t$/

const inC = (name: string) => name.toLowerCase().replaceAll('-', '_')

/** What there is of a type, behind the name of the interface. */
function namesOf(type: string, isResource: boolean): string[] {
  const all = [`${type}_t`, `${type}_free`, `list_${type}_t`, `list_${type}_free`, `option_${type}_t`]
  if (!isResource) return all
  return [
    ...all,
    ...['own', 'borrow'].flatMap((word) => [
      `${word}_${type}_t`,
      `list_${word}_${type}_t`,
      `${type}_drop_${word}`,
    ]),
    ...[`borrow_${type}`, `constructor_${type}`, `${type}_new`, `${type}_rep`, `${type}_destructor`],
  ]
}
