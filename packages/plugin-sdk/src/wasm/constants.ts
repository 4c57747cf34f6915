import type { CheckedComponent, ComponentDefinition } from '@wasm-plugin/runtime/internal'
import { readLeb } from './leb.js'
import { concatBytes, readSections, type Section, writeSections } from './sections.js'
import { signedLeb } from './signed-leb.js'

/** `from` and `name` of an imported global, and the i32 that it always has. */
export type KnownGlobals = ReadonlyMap<string, number>

const GLOBAL_SECTION = 6
const EXPORT_SECTION = 7
const GLOBAL_KIND = 3
const I32 = 0x7f
const Op = { END: 0x0b, GLOBAL_GET: 0x23, I32_CONST: 0x41, I32_ADD: 0x6a } as const

export const globalKey = (from: string, name: string) => `${from}\0${name}`

/**
 * The imported globals of each core module whose value is written in the component: a linker of shared libraries gives
 * them as constant globals of one module to another. A module that is instantiated twice is left out.
 */
export function knownGlobals(checked: CheckedComponent): ReadonlyMap<number, KnownGlobals> {
  const known = new Map<number, KnownGlobals>()
  const twice = new Set<number>()
  const visit = ({ definitions }: ComponentDefinition) => {
    const modules: number[] = []
    const instances: ((global: string) => number | undefined)[] = []
    const globals: (number | undefined)[] = []
    for (const definition of definitions) {
      if (definition.op === 'component') visit(definition.component)
      if (definition.op === 'core-module') modules.push(definition.module)
      if (definition.op === 'core-alias' && definition.sort === 'global')
        globals.push(instances[definition.instance]?.(definition.name))
      if (definition.op === 'core-bundle') {
        const values = new Map(
          definition.exports.flatMap(({ name, sort, index }) =>
            sort === 'global' ? [[name, globals[index]] as const] : [],
          ),
        )
        instances.push((name) => values.get(name))
      }
      if (definition.op === 'core-instantiate') {
        const module = modules[definition.module] ?? -1
        const given = new Map(definition.args.map(({ name, instance }) => [name, instances[instance]]))
        const imports = checked.coreModules[module]?.imports ?? []
        if (known.has(module)) twice.add(module)
        known.set(
          module,
          new Map(
            imports.flatMap(({ module: from, name, type }) => {
              const value = type.kind === 'global' ? given.get(from)?.(name) : undefined
              return value === undefined ? [] : [[globalKey(from, name), value] as const]
            }),
          ),
        )
        const exported = constantExports(checked.coreModules[module]?.bytes)
        instances.push((name) => exported.get(name))
      }
    }
  }
  visit(checked.root)
  for (const module of twice) known.delete(module)
  return known
}

/**
 * Initialisers of globals that add a constant to a known global, as one constant. Engines without extended constant
 * expressions, Node 20's for one, refuse the sum. `imported` has the keys of all imported globals, in order.
 */
export function foldGlobals(
  module: Uint8Array,
  imported: readonly string[],
  known: KnownGlobals,
): Uint8Array {
  const sections = readSections(module)
  const globals = sections.find(({ id }) => id === GLOBAL_SECTION)
  if (globals === undefined) return module
  const body = foldSection(globals, (index) => known.get(imported[index] ?? ''))
  if (body === null) return module
  return writeSections(
    module,
    sections.map((section) => (section === globals ? { id: GLOBAL_SECTION, body } : section)),
  )
}

/** Null when there is nothing to fold, or something that is not understood. */
function foldSection(
  { body }: Section,
  constantOf: (index: number) => number | undefined,
): Uint8Array | null {
  const { value: count, next } = readLeb(body, 0)
  const parts: Uint8Array[] = [body.subarray(0, next)]
  let folded = 0
  let at = next
  for (let i = 0; i < count; i++) {
    const start = at
    if (body[at] !== I32) return folded > 0 ? concatBytes([...parts, body.subarray(start)]) : null
    const sum = readSum(body, at + 2, constantOf)
    if (sum === null) return folded > 0 ? concatBytes([...parts, body.subarray(start)]) : null
    at = sum.next
    if (sum.folded) {
      parts.push(
        body.subarray(start, start + 2),
        Uint8Array.of(Op.I32_CONST, ...signedLeb(BigInt(sum.value)), Op.END),
      )
      folded++
    } else parts.push(body.subarray(start, at))
  }
  return folded > 0 ? concatBytes(parts) : null
}

/** `folded` is false for an initialiser that every engine takes. */
function readSum(body: Uint8Array, from: number, constantOf: (index: number) => number | undefined) {
  const stack: number[] = []
  let folded = false
  for (let at = from; at < body.length; ) {
    const opcode = body[at]
    if (opcode === Op.END) return { value: stack.at(-1) ?? 0, next: at + 1, folded }
    if (opcode === Op.I32_ADD) {
      stack.push(((stack.pop() ?? 0) + (stack.pop() ?? 0)) | 0)
      folded = true
      at++
    } else if (opcode === Op.I32_CONST) {
      const { value, next } = readSignedLeb(body, at + 1)
      stack.push(value)
      at = next
    } else if (opcode === Op.GLOBAL_GET) {
      const { value: index, next } = readLeb(body, at + 1)
      const value = constantOf(index)
      if (value === undefined) return null
      stack.push(value)
      at = next
    } else return null
  }
  return null
}

/** Exported globals that start as one i32 constant and cannot change. */
function constantExports(module: Uint8Array | undefined): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  if (module === undefined) return found
  const sections = readSections(module)
  const globals = sections.find(({ id }) => id === GLOBAL_SECTION)
  const exports = sections.find(({ id }) => id === EXPORT_SECTION)
  if (globals === undefined || exports === undefined) return found
  const values = constants(globals.body)
  const { value: count, next } = readLeb(exports.body, 0)
  let at = next
  for (let i = 0; i < count; i++) {
    const length = readLeb(exports.body, at)
    const end = length.next + length.value
    const name = new TextDecoder().decode(exports.body.subarray(length.next, end))
    const index = readLeb(exports.body, end + 1)
    const value = exports.body[end] === GLOBAL_KIND ? values[index.value] : undefined
    if (value !== undefined) found.set(name, value)
    at = index.next
  }
  return found
}

/** Only of a module that imports no globals, as the module with the bases is: indices are those of the section. */
function constants(body: Uint8Array): (number | undefined)[] {
  const values: (number | undefined)[] = []
  const { value: count, next } = readLeb(body, 0)
  let at = next
  for (let i = 0; i < count && body[at] === I32; i++) {
    const isMutable = body[at + 1] === 1
    const sum = readSum(body, at + 2, () => undefined)
    if (sum === null) break
    values.push(isMutable ? undefined : sum.value)
    at = sum.next
  }
  return values
}

function readSignedLeb(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0
  let shift = 0
  for (let next = at; ; ) {
    const byte = bytes[next++] ?? 0
    value |= (byte & 0x7f) << shift
    shift += 7
    if (byte < 0x80) return { value: shift < 32 && (byte & 0x40) !== 0 ? value | (-1 << shift) : value, next }
  }
}
