export { innermost, requestsBeyond } from './compare.js'
export { manifestErrorDocs, manifestErrorTable } from './errors.js'
export {
  checkManifest,
  type EnvRequest,
  type FsRequest,
  type Manifest,
  type ManifestRequests,
  type NetRequest,
  parseManifest,
} from './manifest.js'
export { MANIFEST_FILE, MANIFEST_SECTION } from './names.js'
export { manifestJsonSchema } from './schema.js'
export { type CustomSection, encodeManifestSection, readManifest } from './section.js'
