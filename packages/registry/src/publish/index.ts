export { attachDebug, type DebugRequest } from './debug.js'
export { mirror } from './mirror.js'
export {
  type Publication,
  type Published,
  type PublishOptions,
  preparePublication,
  prepareWit,
  publish,
} from './publish.js'
export { signatureFileOf, signFile, versionInFile } from './sign-file.js'
export { signVersion } from './sign-version.js'
export { statementOfFile, statementOfVersion } from './statement.js'
export { setStatus } from './status.js'
export type { DryRunOptions } from './stored-version.js'
