// QuickJS seeds `Math.random` when the component is built, so every instance would draw the same numbers.
import { randomBytes } from './random-bytes.js'

/** 53 random bits, as a fraction. */
function random() {
  let value = 0
  for (const byte of randomBytes(7)) value = (value + byte) / 256
  return Math.floor(value * 2 ** 53) / 2 ** 53
}

export { random as 'Math.random' }
