import type { GuestFunc } from '../functions.js'
import type { JsFunc } from '../js-value.js'

/** What a host gets for a function of a guest, which is noted in it: a `WeakMap` costs as much as all the rest of it. */
export function asEntry(entry: JsFunc, func: GuestFunc): JsFunc {
  new Entry(entry, func)
  return entry
}

/** The function of a guest that a host has got; undefined for anything else. */
export function guestOf(entry: unknown): GuestFunc | undefined {
  return Entry.guestOf(entry)
}

/** A constructor that returns an object has the fields of the class that extends it put there. */
const Given = class {
  constructor(given: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what it is for
    return given
  }
}

class Entry extends Given {
  readonly #func: GuestFunc

  constructor(entry: JsFunc, func: GuestFunc) {
    super(entry)
    this.#func = func
  }

  static guestOf(entry: unknown): GuestFunc | undefined {
    return typeof entry === 'function' && #func in entry ? (entry as unknown as Entry).#func : undefined
  }
}
