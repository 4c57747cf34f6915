import { Reader } from '../../binary/reader.js'

/** A module of functions that do nothing but call the function of their number in the module's table. */
export interface Shim {
  /** Names of the exports. */
  readonly table: string
  readonly functions: ReadonlyMap<string, ShimFunction>
}

export interface ShimFunction {
  /** Its place in the table. */
  readonly index: number
  readonly type: FunctionType
}

/** A module that fills such a table with functions that it imports, and may call another one then. */
export interface Fixup {
  readonly table: ImportName
  /** By their places in the table. */
  readonly functions: readonly (ImportName & { readonly type: FunctionType })[]
  /** Of no parameters and no results. */
  readonly start: ImportName | null
}

export interface ImportName {
  readonly module: string
  readonly name: string
}

/** Of numbers alone. */
export interface FunctionType {
  readonly arity: number
  /** The same for types that are the same. */
  readonly key: string
}

/** Bytes of a module that is looked at: a hundred functions are 2 kB. */
const MAX_BYTES = 65_536

/** Null for a module that differs in anything that does something. The engine may still refuse it. */
export function readShim(bytes: Uint8Array): Shim | null {
  return exactly(bytes, [1, 3, 4, 7, 10], ([types, functions, table, exports, code]) => {
    const typeOf = typesOf(types)
    const own = listOf(functions, () => typeOf(functions.u32()))
    one(table)
    tableOf(table, own.length)
    const shim = { table: [] as string[], functions: new Map<string, ShimFunction>() }
    listOf(exports, () => {
      const name = nameOf(exports)
      const kind = exports.u8()
      const index = exports.u32()
      if (kind === FUNC) shim.functions.set(name, { index, type: own[index]! })
      else if (kind === TABLE) shim.table.push(name)
      else differs()
    })
    const places = [...shim.functions.values()].map(({ index }) => index)
    if (places.length !== own.length || new Set(places).size !== own.length) differs()
    if (code.u32() !== own.length) differs()
    for (const [index, type] of own.entries()) body(code, { index, type, typeOf })
    const [name] = shim.table
    return shim.table.length === 1 && name !== undefined ? { table: name, functions: shim.functions } : null
  })
}

/** Null for a module that differs in anything that does something. The engine may still refuse it. */
export function readFixup(bytes: Uint8Array): Fixup | null {
  return (
    exactly(bytes, [1, 2, 8, 9], ([types, imports, start, elements]) =>
      fixup({ types, imports, elements, start }),
    ) ??
    exactly(bytes, [1, 2, 9], ([types, imports, elements]) =>
      fixup({ types, imports, elements, start: null }),
    )
  )
}

interface FixupSections {
  readonly types: Reader
  readonly imports: Reader
  readonly elements: Reader
  readonly start: Reader | null
}

function fixup({ types, imports, elements, start }: FixupSections): Fixup {
  const typeOf = typesOf(types)
  const functions: (ImportName & { type: FunctionType })[] = []
  const tables: (ImportName & { size: number })[] = []
  listOf(imports, () => {
    const name = { module: nameOf(imports), name: nameOf(imports) }
    const kind = imports.u8()
    if (kind === FUNC) functions.push({ ...name, type: typeOf(imports.u32()) })
    else if (kind === TABLE) tables.push({ ...name, size: tableOf(imports) })
    else differs()
  })
  one(elements)
  // Of table 0, from its beginning.
  for (const byte of [0x00, I32_CONST, 0, END]) if (elements.u8() !== byte) differs()
  const filled = listOf(elements, () => functions[elements.u32()] ?? differs())
  const called = start === null ? null : (functions[start.u32()] ?? differs())
  if (called !== null && called.type.key !== NOTHING) differs()
  const [table] = tables
  if (table === undefined || tables.length > 1 || table.size !== filled.length) return differs()
  return { table, functions: filled, start: called }
}

/** The key of a function without parameters and results. */
const NOTHING = '>'

/** The function that passes on what it gets to the function of its number. */
function body(
  code: Reader,
  { index, type, typeOf }: { index: number; type: FunctionType; typeOf: (index: number) => FunctionType },
): void {
  const instructions = code.range(code.u32())
  if (instructions.u8() !== 0) differs() // Locals of its own.
  for (let i = 0; i < type.arity; i++)
    if (instructions.u8() !== LOCAL_GET || instructions.u32() !== i) differs()
  if (instructions.u8() !== I32_CONST || instructions.s33() !== index) differs()
  if (instructions.u8() !== CALL_INDIRECT || typeOf(instructions.u32()).key !== type.key) differs()
  if (instructions.u8() !== 0 || instructions.u8() !== END || !instructions.done) differs()
}

const LOCAL_GET = 0x20
const I32_CONST = 0x41
const CALL_INDIRECT = 0x11
const END = 0x0b

/** Kinds of imports and exports. */
const FUNC = 0
const TABLE = 1

/** A table of functions that cannot grow. The answer is its size. */
function tableOf(reader: Reader, size?: number): number {
  if (reader.u8() !== FUNCREF || reader.u8() !== HAS_MAX) differs()
  const min = reader.u32()
  if (reader.u32() !== min || (size ?? min) !== min) differs()
  return min
}

const FUNCREF = 0x70
const HAS_MAX = 0x01

function typesOf(section: Reader): (index: number) => FunctionType {
  const types = listOf(section, () => {
    if (section.u8() !== 0x60) differs()
    const [params, results] = [numbers(section), numbers(section)]
    return { arity: params.length, key: `${params}>${results}` }
  })
  return (index) => types[index] ?? differs()
}

function numbers(section: Reader): number[] {
  return listOf(section, () => {
    const type = section.u8()
    return type >= 0x7c && type <= 0x7f ? type : differs()
  })
}

function listOf<T>(reader: Reader, read: () => T): T[] {
  return Array.from({ length: reader.count() }, read)
}

/** A section with one entry, which comes next. */
function one(section: Reader): void {
  if (section.u32() !== 1) differs()
}

function nameOf(reader: Reader): string {
  return reader.name(MAX_BYTES)
}

/**
 * What `read` makes of the bodies of these sections, or null where a module has others, in another order, more than
 * once, or with more in them. Custom sections do nothing.
 */
function exactly<const S extends readonly number[], T>(
  bytes: Uint8Array,
  ids: S,
  read: (sections: { readonly [K in keyof S]: Reader }) => T,
): T | null {
  if (bytes.length > MAX_BYTES) return null
  try {
    const reader = new Reader(bytes, PREAMBLE)
    const sections: { id: number; body: Reader }[] = []
    while (!reader.done) {
      const id = reader.u8()
      const body = reader.range(reader.u32())
      if (id !== 0) sections.push({ id, body })
    }
    if (sections.length !== ids.length || sections.some(({ id }, i) => id !== ids[i])) return null
    const bodies = sections.map(({ body }) => body)
    const result = read(bodies as { readonly [K in keyof S]: Reader })
    return bodies.every(({ done }) => done) ? result : null
  } catch {
    return null
  }
}

/** Bytes in front of the sections, which were checked when the component was decoded. */
const PREAMBLE = 8

function differs(): never {
  throw new Error('it is another module')
}
