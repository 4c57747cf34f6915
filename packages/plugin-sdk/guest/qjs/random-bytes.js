import { getRandomBytes } from 'wasi:random/random@0.2.12'
import { lowerU64 } from '../values.js'

/** @param {number} length */
export const randomBytes = (length) => getRandomBytes(lowerU64(length))
