import type { Definition } from '@wasm-plugin/runtime/internal'
import { readLeb } from './leb.js'
import { concatBytes, leb, readSections, type Section, writeSections } from './sections.js'

const ALIAS_SECTION = 6
const EXPORT_SECTION = 11
const FUNC_SORT = 1
const INSTANCE_EXPORT = 0

/**
 * Takes a function out of the exports of a component. An export also counts as a new function, by which later
 * definitions are numbered, so an alias of the same function takes its place.
 *
 * @param definitions those of the component itself
 */
export function hideExport(
  component: Uint8Array,
  name: string,
  definitions: readonly Definition[],
): Uint8Array {
  const alias = definitions.find((d) => d.op === 'alias' && d.sort === 'func' && d.name === name)
  if (alias?.op !== 'alias') return component
  const encoded = new TextEncoder().encode(name)
  const substitute: Section = {
    id: ALIAS_SECTION,
    body: Uint8Array.of(
      1,
      FUNC_SORT,
      INSTANCE_EXPORT,
      ...leb(alias.instance),
      ...leb(encoded.length),
      ...encoded,
    ),
  }
  return writeSections(
    component,
    readSections(component).flatMap((section) =>
      section.id === EXPORT_SECTION ? withoutExport(section, name, substitute) : [section],
    ),
  )
}

function withoutExport(section: Section, name: string, substitute: Section): Section[] {
  const entries = exportEntries(section.body)
  const at = entries?.findIndex((entry) => entry.name === name && entry.sort === FUNC_SORT) ?? -1
  if (entries === null || at < 0) return [section]
  const rest = (part: typeof entries): Section[] =>
    part.length === 0
      ? []
      : [
          {
            id: EXPORT_SECTION,
            body: concatBytes([Uint8Array.from(leb(part.length)), ...part.map(({ bytes }) => bytes)]),
          },
        ]
  return [...rest(entries.slice(0, at)), substitute, ...rest(entries.slice(at + 1))]
}

/** Entries without a written type; null when there is another kind (Binary.md, "Export Definitions"). */
function exportEntries(body: Uint8Array): { name: string; sort: number; bytes: Uint8Array }[] | null {
  const { value: count, next } = readLeb(body, 0)
  const entries: { name: string; sort: number; bytes: Uint8Array }[] = []
  let at = next
  for (let i = 0; i < count; i++) {
    const start = at
    if (body[at]! > 1) return null
    const length = readLeb(body, at + 1)
    const end = length.next + length.value
    const sort = body[end]!
    const index = readLeb(body, sort === 0 ? end + 2 : end + 1)
    if (body[index.next] !== 0) return null
    at = index.next + 1
    const name = new TextDecoder().decode(body.subarray(length.next, end))
    entries.push({ name, sort, bytes: body.subarray(start, at) })
  }
  return entries
}
