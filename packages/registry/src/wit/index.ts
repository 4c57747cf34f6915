export { type FetchedWit, fetchWit, type WitRequest, type WitResult } from './fetch-wit.js'
