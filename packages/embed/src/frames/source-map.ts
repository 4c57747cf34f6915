/** Where an instruction comes from, out of a source map. */
export interface MappedPlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Segments of one map; AssemblyScript writes one for each expression. */
const MAX_SEGMENTS = 4_000_000
/** Fields of one that are kept: the offset in the module, source, line and column. */
const FIELDS = 4

const DIGITS = new Map(
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map((digit, i) => [
    digit.charCodeAt(0),
    i,
  ]),
)

/** A source map of a core module, version 3, which is one line whose columns are byte offsets. */
export class ModuleSourceMap {
  readonly #sources: readonly unknown[]
  readonly #segments: Int32Array

  private constructor(sources: readonly unknown[], segments: Int32Array) {
    this.#sources = sources
    this.#segments = segments
  }

  /** Null for what is no such map. */
  static read(text: string): ModuleSourceMap | null {
    try {
      const { version, sources, mappings } = JSON.parse(text) as Record<string, unknown>
      if (version !== 3 || !Array.isArray(sources) || typeof mappings !== 'string') return null
      return new ModuleSourceMap(sources, segmentsOf(mappings))
    } catch {
      return null
    }
  }

  /** Offsets that it says something of end before this one. */
  get end(): number {
    return (this.#segments.at(-FIELDS) ?? -1) + 1
  }

  find(offset: number): MappedPlace | null {
    return this.#placeOf(this.#countBefore(offset + 1) - 1)
  }

  /** The first that it says of what is between two offsets. */
  first(start: number, end: number): MappedPlace | null {
    const index = this.#countBefore(start)
    const at = this.#segments[index * FIELDS]
    return at !== undefined && at < end ? this.#placeOf(index) : null
  }

  /** Segments of what is before an offset. */
  #countBefore(offset: number): number {
    const segments = this.#segments
    let [low, high] = [0, segments.length / FIELDS]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((segments[middle * FIELDS] as number) < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  #placeOf(index: number): MappedPlace | null {
    if (index < 0) return null
    const [, source = -1, line = 0, column = 0] = this.#segments.subarray(
      index * FIELDS,
      (index + 1) * FIELDS,
    )
    const file = this.#sources[source]
    return typeof file === 'string' ? { file, line: line + 1, column: column + 1 } : null
  }
}

/** Ends where it stops making sense; what is before that holds. */
function segmentsOf(mappings: string): Int32Array {
  const segments: number[] = []
  const fields = [0, 0, 0, 0, 0]
  let [field, value, shift] = [0, 0, 0]
  for (let at = 0; at <= mappings.length; at++) {
    const code = at === mappings.length ? COMMA : mappings.charCodeAt(at)
    if (code === COMMA || code === SEMICOLON) {
      if (field >= FIELDS) segments.push(...fields.slice(0, FIELDS))
      if (code === SEMICOLON || segments.length >= MAX_SEGMENTS * FIELDS) break
      field = 0
      continue
    }
    const digit = DIGITS.get(code)
    if (digit === undefined || field >= fields.length || shift > 30) break
    value |= (digit & 31) << shift
    shift += 5
    if (digit >= 32) continue
    fields[field++]! += value & 1 ? -(value >>> 1) : value >>> 1
    value = shift = 0
  }
  return Int32Array.from(segments)
}

const COMMA = 44
const SEMICOLON = 59
