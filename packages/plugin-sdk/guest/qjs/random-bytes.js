import { getRandomBytes } from 'wasi:random/random@0.2.12'
import { needHost } from '../phase.js'
import { lowerU64 } from '../values.js'

/** @param {number} length */
export function randomBytes(length) {
  needHost('crypto')
  return getRandomBytes(lowerU64(length))
}
