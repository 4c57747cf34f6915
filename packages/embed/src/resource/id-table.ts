import { errors as runtimeErrors } from '@wasm-plugin/runtime/internal'

/** Objects that the other thread knows by a number. A number is never used again. */
export class IdTable<T> {
  readonly #objects = new Map<number, T>()
  readonly #max: number
  #last = 0

  constructor(max: number) {
    this.#max = max
  }

  /** @throws {LIMIT_EXCEEDED} */
  add(object: T): number {
    const value = this.#objects.size + 1
    if (value > this.#max) throw runtimeErrors.LIMIT_EXCEEDED({ limit: 'handles', value, max: this.#max })
    this.#objects.set(++this.#last, object)
    return this.#last
  }

  get(id: unknown): T | undefined {
    return this.#objects.get(id as number)
  }

  take(id: unknown): T | undefined {
    const object = this.get(id)
    this.#objects.delete(id as number)
    return object
  }

  /** Empties the table and gives what was in it. */
  drain(): T[] {
    const all = [...this.#objects.values()]
    this.#objects.clear()
    return all
  }
}
