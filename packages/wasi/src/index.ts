export { errors, wasiErrorDocs, wasiErrorTable } from './errors/index.js'
export { GrantControl } from './grants/control.js'
export type { DenialReason } from './grants/decide.js'
export { normaliseAt } from './grants/fs/agree.js'
export { releaseFiles } from './grants/fs/memory-files.js'
export { innermost, writableAt } from './grants/fs/places.js'
export type { AccessEvent, Decision, Gate } from './grants/gate.js'
export type { PluginGrants } from './grants/given.js'
export type {
  Access,
  EnvGrant,
  FsGrant,
  GrantSet,
  NetGrant,
  NetLimits,
  StoreGrant,
} from './grants/grant-set.js'
export { HeldBytes } from './grants/held-bytes.js'
export type {
  FolderGrantInput,
  FolderHandle,
  FsGrantInput,
  GrantsInput,
  MemoryGrantInput,
  NetGrantInput,
  ScratchGrantInput,
  StoreGrantInput,
} from './grants/inputs.js'
export type { GrantVersion } from './grants/live-grants.js'
export { missingRequests } from './grants/missing.js'
export { addressMatcher, isLoopbackAddress, isPublicAddress } from './grants/net/address.js'
export { parseWebTarget, type TargetProblem, type WebTarget } from './grants/net/target.js'
export { type Offer, offerOf } from './grants/offers.js'
export { checkGrants, parseGrants } from './grants/parse.js'
export { grantNames } from './grants/schema.js'
export type { MissingRequests } from './grants/unmet.js'
export type { FsOperation, Use } from './grants/use.js'
export { LONGEST_TIMER_MS } from './milliseconds.js'
export { ownData, ownValue } from './own-data.js'
export { findMismatch, resourceNames } from './p2/signatures/compare.js'
export type { GrantPorts, Paths } from './ports.js'
export { fieldCost, MAX_FIELDS, maySendFields } from './protocol/field-rules.js'
export {
  type BodyAnswer,
  type FieldList,
  type HttpErrorCode,
  type HttpEvent,
  hasNoBody,
  type IncomingHead,
  isConnectionField,
  isForbiddenField,
  mayTrail,
  type PlainHttpError,
  type RequestHead,
  type ResponseAnswer,
  type ResponseHead,
  type ResponsePiece,
} from './protocol/http.js'
export type { AnswerPiece, OutputPiece, ProgramStart } from './protocol/program.js'
export type {
  BlockingCaller,
  CounterType,
  FolderServices,
  ImmediateHandlers,
  RemoteWait,
  ServiceArgs,
  ServiceCaller,
  ServiceHandlers,
  ServiceName,
  ServiceResult,
  StoreEntry,
  StoreServices,
} from './protocol/service-map.js'
export {
  type Datagram,
  type Endpoint,
  type NetworkErrorCode,
  networkError,
  type ShutdownType,
  type SocketEvent,
} from './protocol/sockets.js'
export { type StoreError, storeError } from './protocol/store-error.js'
export { createMemory } from './volume/memory/files.js'
