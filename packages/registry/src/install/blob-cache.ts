import type { Cache } from '../cache/index.js'

/** Verified components by digest, and what is known of versions since, shared by the processes of a person. */
export type BlobCache = Pick<Cache, 'get' | 'fetch' | 'withdrawals' | 'heard'>
