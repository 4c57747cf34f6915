// QuickJS seeds `Math.random` when the component is built, so every instance would draw the same numbers.
import { phase } from '../phase.js'
import { randomBytes } from './random-bytes.js'

/** 53 random bits, as a fraction. */
function random() {
  if (!phase.started) return early()
  let value = 0
  for (const byte of randomBytes(7)) value = (value + byte) / 256
  return Math.floor(value * 2 ** 53) / 2 ** 53
}

let state = 1

/** While the module starts: the same numbers in every build (a generator of Numerical Recipes). */
function early() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}

export { random as 'Math.random' }
