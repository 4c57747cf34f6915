/** What is counted where instances run. */
export interface Counts {
  /** Units of fuel. */
  readonly fuel: number
  /** Bytes of texts and lists that were written to their memories. */
  readonly bytesIn: number
  /** The same that were read from there. */
  readonly bytesOut: number
  /** Uses that were allowed, by their capabilities. */
  readonly uses: Readonly<Record<string, number>>
}

/** Tells what instances of a plugin use. */
export interface Meter {
  /** Milliseconds of processor time; undefined where the platform does not tell. */
  cpuMs(): number | undefined
  counts(): Counts
}

export const NOTHING: Counts = Object.freeze({
  fuel: 0,
  bytesIn: 0,
  bytesOut: 0,
  uses: Object.freeze(Object.create(null)),
})

export function added(a: Counts, b: Counts): Counts {
  return {
    fuel: a.fuel + b.fuel,
    bytesIn: a.bytesIn + b.bytesIn,
    bytesOut: a.bytesOut + b.bytesOut,
    uses: addedUses(a.uses, b.uses),
  }
}

/** Both together, by their names. */
export function addedUses(a: Counts['uses'], b: Counts['uses']): Record<string, number> {
  const all: Record<string, number> = Object.assign(Object.create(null), a)
  for (const [name, count] of Object.entries(b)) all[name] = (all[name] ?? 0) + count
  return all
}

/** The sum of those that there are. */
export function sumOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0)
}
