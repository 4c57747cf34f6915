/**
 * Mends the order of the types of an imported interface in a generated C++ header: a record may hold a resource, whose class
 * comes after it. The classes come first, and what their members take and give is announced to them.
 */
export function orderImports(header: string): string {
  const lines = header.split('\n')
  const ordered: string[] = []
  const open: string[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!
    ordered.push(line)
    const name = /^\s*namespace (\w+) \{$/.exec(line)?.[1]
    if (name === undefined) {
      if (/^\s*\}$/.test(line)) open.pop()
      continue
    }
    open.push(name)
    if (open[0] === 'exports') continue
    const { items, end } = itemsOf(lines, at + 1)
    ordered.push(...inOrder(items).flat())
    at = end - 1
  }
  return ordered.join('\n')
}

/** The declarations from a line on, to where the namespace ends or another begins. */
function itemsOf(lines: readonly string[], from: number): { items: string[][]; end: number } {
  const items: string[][] = []
  let item: string[] = []
  let depth = 0
  let at = from
  for (; at < lines.length; at++) {
    const line = lines[at]!
    if (depth === 0 && /^\s*(namespace \w+ \{|\})$/.test(line)) break
    item.push(line)
    depth += count(line, '{') - count(line, '}')
    if (depth > 0 || !/[;}]\s*$/.test(line)) continue
    items.push(item)
    item = []
  }
  return { items: item.length > 0 ? [...items, item] : items, end: at }
}

const count = (line: string, brace: string) => line.split(brace).length - 1

const CLASS = /^\s*(class (\w+)) : public wit::ResourceImportBase\s*\{$/m
const TYPE = /^\s*((?:struct|class|enum class) \w+(?: : \w+)?)\s*\{$/m

function inOrder(items: readonly string[][]): readonly string[][] {
  const text = (item: readonly string[]) => item.join('\n')
  const classes = items.filter((item) => CLASS.test(text(item)))
  const isEarly = classes.some((own) => {
    const name = CLASS.exec(text(own))?.[2]
    const before = items.slice(0, items.indexOf(own))
    return before.some((item) => new RegExp(`\\b${name}\\b`).test(text(item)))
  })
  if (!isEarly) return items
  const heads = items.flatMap((item) => CLASS.exec(text(item))?.[1] ?? TYPE.exec(text(item))?.[1] ?? [])
  const indent = /^\s*/.exec(classes[0]![0]!)![0]
  const announced = heads.map((head) => `${indent}${head};`)
  const aliases = items.filter((item) => /^\s*using /.test(item.at(-1)!))
  const rest = items.filter((item) => !classes.includes(item) && !aliases.includes(item))
  return [announced, ...aliases, ...classes, ...rest]
}
