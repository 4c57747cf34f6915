import { archive, Entry } from 'conformance:kit/shelf-plugin'
import type { Exports } from './gen/world.js'

export const copyOut: Exports['copyOut'] = (title, lines) => {
  const entry = Entry.open(title)
  for (const line of lines) entry.append(line)
  using copy = new Entry(`${title} copy`)
  const count = copy.append(entry.text())
  return `${archive(entry)}/${count}`
}

export const sign: Exports['sign'] = (e, name) => e.append(name)

export const last: Exports['last'] = (all) => {
  const last = all.pop()
  for (const other of all) other[Symbol.dispose]()
  return last
}

export function replace(e: Entry): Entry {
  e[Symbol.dispose]()
  return new Entry('new')
}
