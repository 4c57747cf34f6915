export { type Before, type Change, type Review, review } from './review.js'
