export { attachDebug, type DebugRequest } from './debug.js'
export { publishImage } from './image.js'
export { mirror } from './mirror.js'
export {
  type Publication,
  type Published,
  type PublishedImage,
  preparePublication,
  prepareWit,
  publish,
} from './publish.js'
export type { PublishOptions } from './put-tagged.js'
export { signatureFileOf, signFile, versionInFile } from './sign-file.js'
export { signVersion } from './sign-version.js'
export { statementOfFile, statementOfVersion } from './statement.js'
export { setStatus } from './status.js'
export type { DryRunOptions } from './stored-version.js'
