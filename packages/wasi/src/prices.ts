import { preview1 } from '@wasm-plugin/runtime/early'
import { baseName } from './grants/interface-name.js'

/**
 * Units of fuel that a call of a function of WASI costs where its plugin is metered: what it takes beside what crosses, at
 * some ten units in a nanosecond. A part of the contract with users, as what instructions cost.
 *
 * @param func `wasi:filesystem/types@0.2.0#[method]descriptor.stat`
 * @returns undefined for a function that is none of WASI
 */
export function priceOf(func: string): number | undefined {
  const at = func.indexOf('#')
  const name = func.slice(0, at)
  if (name === preview1.functions) return OF_PREVIEW1.test(func.slice(at + 1)) ? QUICK : FILE
  const base = baseName(name)
  if (base === null) return undefined
  const [, kind] = PRICES.find(([prefix]) => base.startsWith(prefix)) ?? []
  return kind ?? QUICK
}

/** Answered from memory. */
const QUICK = 5_000
/** May go to the operating system, or make a line of the log. */
const STREAM = 20_000
/** Looks for a file, opens or changes one; or asks the application's thread. */
const FILE = 100_000

const PRICES: readonly (readonly [prefix: string, price: number])[] = [
  ['wasi:filesystem/', FILE],
  ['wasi:keyvalue/', FILE],
  ['wasi:http/outgoing-handler', FILE],
  ['wasi:sockets/', FILE],
  ['wasi:io/', STREAM],
  ['wasi:logging/', STREAM],
]

/** Those that no file has a part in. */
const OF_PREVIEW1 = /^(args|environ|clock|random|sched|proc|sock)_|^fd_(prestat|fdstat)_/

/** Of what a call does in many steps, each: some hundred entries of a directory, or a mebibyte. */
export const PRICE_OF_STEP = 1_000_000
