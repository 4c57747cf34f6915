/** Pieces that have tests of their own, which import them as `#internal`. Not published. */
export { decodePlain, encodePlain } from './threads/plain-codec.js'
