import { archive, Entry } from 'conformance:kit/shelf-plugin'

export function copyOut(title, lines) {
  const entry = Entry.open(title)
  for (const line of lines) entry.append(line)
  using copy = new Entry(`${title} copy`)
  const count = copy.append(entry.text())
  return `${archive(entry)}/${count}`
}

export function sign(e, name) {
  return e.append(name)
}

export function last(all) {
  const last = all.pop()
  for (const other of all) other[Symbol.dispose]()
  return last
}

export function replace(e) {
  e[Symbol.dispose]()
  return new Entry('new')
}
