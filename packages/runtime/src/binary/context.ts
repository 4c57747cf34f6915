import { errors } from '../errors/index.js'
import type { ModuleDefinition } from './definition.js'
import type { CompileLimits } from './options.js'
import type { Reader } from './reader.js'
import { TypeTable } from './type-info.js'

/** Work that may pause after each step, none of which takes long. */
export type Steps<T> = Generator<void, T, void>

/** What one decoding shares over the whole tree of components: limits, the work they bound, and messages. */
export class DecodeContext {
  readonly limits: CompileLimits
  readonly types: TypeTable
  readonly coreModules: ModuleDefinition[] = []
  /** Where the item that is being checked starts, for messages. */
  offset = 0
  #definitions = 0
  #steps = 0
  #depth = 0

  /** @param importsTwice a core module may import the same twice, as those that were made for no component do */
  constructor(
    limits: CompileLimits,
    readonly importsTwice = false,
  ) {
    this.limits = limits
    this.types = new TypeTable(this)
  }

  /** Counts definitions before they are decoded. @throws {LIMIT_EXCEEDED} */
  define(count: number): void {
    this.#definitions += count
    this.limit('definitions', this.#definitions)
  }

  /** The length of a vector, counted as that many definitions. @throws {LIMIT_EXCEEDED} */
  count(reader: Reader): number {
    const count = reader.count()
    this.define(count)
    return count
  }

  /** Counts type nodes that are copied or compared. @throws {LIMIT_EXCEEDED} */
  step(nodes = 1): void {
    this.#steps += nodes
    if (this.#steps > this.limits.typeSteps) this.limit('typeSteps', this.#steps)
  }

  /** Definitions, and nodes of types that were copied or compared. */
  get nodes(): number {
    return this.#definitions + this.#steps
  }

  /** Runs `decode` one level of nesting deeper. @throws {LIMIT_EXCEEDED} */
  nested<T>(decode: () => T): T {
    this.#depth++
    this.limit('nesting', this.#depth)
    const result = decode()
    this.#depth--
    return result
  }

  /** The same of what is taken in steps. */
  *nestedSteps<T>(decode: Steps<T>): Steps<T> {
    this.#depth++
    this.limit('nesting', this.#depth)
    const result = yield* decode
    this.#depth--
    return result
  }

  limit(limit: keyof CompileLimits, value: number): void {
    const max = this.limits[limit]
    if (value > max) throw this.exceeded(limit, { value, max })
  }

  exceeded(limit: keyof CompileLimits, { value, max }: { value: number; max: number }) {
    return errors.LIMIT_EXCEEDED({ limit, value, max })
  }

  invalid(reason: string) {
    return errors.INVALID_COMPONENT({ offset: this.offset, reason })
  }

  unsupported(feature: string) {
    return errors.UNSUPPORTED_FEATURE({ feature, offset: this.offset })
  }
}

/** A name from the file, safe to print: ASCII only, and cut. */
export function quote(name: string): string {
  const shown = name.length > 80 ? `${name.slice(0, 80)}…` : name
  return `"${shown.replace(/[^\x20-\x7e\u2026]|["\\]/gu, escapeChar)}"`
}

function escapeChar(char: string): string {
  return char === '"' || char === '\\' ? `\\${char}` : `\\u{${char.codePointAt(0)!.toString(16)}}`
}
