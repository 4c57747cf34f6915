export { requestsBeyond } from './compare.js'
export {
  checkManifest,
  type EnvRequest,
  type FsRequest,
  type Manifest,
  type ManifestRequests,
  type NetRequest,
  parseManifest,
} from './manifest.js'
export { manifestJsonSchema } from './schema.js'
export { type CustomSection, encodeManifestSection, MANIFEST_SECTION, readManifest } from './section.js'
