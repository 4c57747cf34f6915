export { AskedRuleState, type RuleQuestion } from './grants/asked-rules.js'
export { createGate } from './grants/gate.js'
export { type GrantVersion, LiveGrants } from './grants/live-grants.js'
export { noGrants } from './grants/no-grants.js'
export { RuleState } from './grants/rule-state.js'
export type { Lasting } from './lasting.js'
export type { LogLine, WasiContext } from './p2/context.js'
export type { Descriptor, DescriptorFlags, OpenFlags } from './p2/filesystem/descriptor.js'
export type { AcceptedRequest } from './p2/http/index.js'
export type { Directories, InstancePorts } from './ports.js'
export { priceOf } from './prices.js'
export { attempt, errnoOf, fsError } from './volume/errno.js'
export {
  type DescriptorType,
  type DirectoryEntry,
  type FileHandle,
  type FileId,
  type FileStat,
  type Folder,
  idOf,
  type NewTimes,
  type NewTimestamp,
  type Opened,
  type OpenMode,
} from './volume/volume.js'
export { createWasi, type WasiImports } from './wasi.js'
