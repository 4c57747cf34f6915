export { GrantControl } from './control.js'
export type { DenialReason } from './decide.js'
export { writableAt } from './fs-places.js'
export { type AccessEvent, createGate, type Decision, type Gate } from './gate.js'
export {
  type Access,
  defaultNetLimits,
  type EnvGrant,
  type FsGrant,
  type GrantSet,
  type NetGrant,
  type NetLimits,
  type StoreGrant,
} from './grant-set.js'
export { LiveGrants } from './live-grants.js'
export { releaseFiles } from './memory-files.js'
export { missingRequests } from './missing.js'
export { type Offer, offerOf } from './offers.js'
export { checkGrants, parseGrants } from './parse.js'
export { RuleState } from './rule-state.js'
export type {
  FsGrantInput,
  GrantsInput,
  MemoryGrantInput,
  NetGrantInput,
  ScratchGrantInput,
  StoreGrantInput,
} from './schema.js'
export type { MissingRequests } from './unmet.js'
export type { FsOperation, Use } from './use.js'
export type { PluginGrants } from './view.js'
