import { archive, Entry, size } from 'conformance:kit/journal'

let existing = 0

class Counter {
  constructor(start) {
    this.current = start
    existing++
  }

  add(by) {
    this.current = (this.current + by) | 0
    return this.current
  }

  value() {
    return this.current
  }

  copy() {
    return new Counter(this.current)
  }

  static parse(text) {
    if (!/^-?\d+$/.test(text)) throw `not a number: ${text}`
    return new Counter(Number(text))
  }

  static merge(a, b) {
    using first = a
    using second = b
    return new Counter(first.current + second.current)
  }

  [Symbol.dispose]() {
    existing--
  }
}

export const counters = {
  Counter,

  total: (all) => all.reduce((sum, counter) => sum + counter.current, 0),

  split(c) {
    using whole = c
    const half = Math.trunc(whole.current / 2)
    const rest = whole.current - half
    return { left: new Counter(half), right: rest === half ? undefined : new Counter(rest) }
  },

  alive: () => existing,
}

export const scribe = {
  copyOut(title, lines) {
    const entry = Entry.open(title)
    for (const line of lines) entry.append(line)
    using copy = new Entry(`${title} copy`)
    copy.append(entry.text())
    return `${archive(entry)}/${size(copy)}`
  },

  sign: (e, name) => e.append(name),

  last(all) {
    const last = all.pop()
    for (const other of all) other[Symbol.dispose]()
    return last
  },
}
