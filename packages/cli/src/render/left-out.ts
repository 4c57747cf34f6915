import type { Style } from '../output/style.js'

/** That a contract has more than was read of it, or nothing. */
export function leftOutLines(leftOut: readonly string[], style: Style): string[] {
  if (leftOut.length === 0) return []
  const what = leftOut.length === 1 ? 'the unstable feature' : 'the unstable features'
  return [
    `${style.cyan('note')}: ${what} ${leftOut.join(', ')} of the contract ${leftOut.length === 1 ? 'is' : 'are'} left out; \`--features ${leftOut.join(',')}\` takes ${leftOut.length === 1 ? 'it' : 'them'} in`,
  ]
}
