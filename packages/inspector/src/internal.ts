export { type MissingGrant, missingGrant } from './missing-grant.js'
export type { CallEntry, Entry, Row, Tick, Told, UseEntry } from './protocol.js'
export { Sampler } from './watch/sampler.js'
