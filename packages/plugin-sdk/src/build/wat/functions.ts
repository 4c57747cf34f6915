/**
 * 1-based line of the function of that index in the text of a core module; undefined when the text has fewer.
 *
 * Imported functions count, and come first in every module.
 */
export function lineOfFunction(text: string, index: number): number | undefined {
  const open: string[] = []
  let left = index
  for (const { 0: token, index: at } of text.matchAll(TOKENS)) {
    if (token === ')') open.pop()
    if (!token.startsWith('(') || token.startsWith('(;')) continue
    const parent = open.at(-1)
    open.push(token)
    if (!/^\(\s*func$/.test(token) || !(parent === undefined || FIELDS.test(parent))) continue
    if (left-- === 0) return text.slice(0, at).split('\n').length
  }
  return undefined
}

/** Comments and strings are passed over; an opening parenthesis comes with its word. */
const TOKENS = /;;.*|\(;[\s\S]*?;\)|"(?:[^"\\]|\\.)*"|\(\s*[\w.@]*|\)/g

/** Where a function is defined or imported, and not its type or its use. */
const FIELDS = /^\(\s*(?:module|import)$/
