import type { Style } from '../output/style.js'

/** That a contract has more than was read of it, or nothing; `where` a project says that it wants more. */
export function leftOutLines(leftOut: readonly string[], style: Style, where?: string): string[] {
  if (leftOut.length === 0) return []
  const what = leftOut.length === 1 ? 'the unstable feature' : 'the unstable features'
  const option = where ?? `--features ${leftOut.join(',')}`
  return [
    `${style.cyan('note')}: ${what} ${leftOut.join(', ')} of the contract ${leftOut.length === 1 ? 'is' : 'are'} left out; \`${option}\` takes ${leftOut.length === 1 ? 'it' : 'them'} in`,
  ]
}
