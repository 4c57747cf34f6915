export { type Change, type Review, review } from './review.js'
