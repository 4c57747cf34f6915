import { isBulk, type ValueArea, type ValueType } from '@wasm-plugin/runtime/internal'

/** What one side of a lane writes, in two areas, since large values of many parts take long to write and to read. */
export class Written {
  readonly #parts: ValueArea
  readonly #bulk: ValueArea

  constructor(parts: ValueArea, bulk: ValueArea) {
    this.#parts = parts
    this.#bulk = bulk
  }

  /** Where values of a type go. */
  areaOf(type: ValueType | null): ValueArea {
    return type !== null && isBulk(type) ? this.#bulk : this.#parts
  }

  /** Nothing of what was written is read any more. */
  rewind(): void {
    this.#parts.rewind(0)
    this.#bulk.rewind(0)
  }
}
