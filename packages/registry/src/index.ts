export { registryErrorDocs } from './errors/index.js'
export { type LayoutPlace, openLayout } from './layout/index.js'
export { type Credentials, type OciOptions, type OciPlace, openOci } from './oci/index.js'
export { openRepository, type Place } from './place/index.js'
export type {
  BlobSource,
  BlobStart,
  Descriptor,
  Repository,
  StoredManifest,
  TransferOptions,
} from './repository/index.js'
export { blobOf, type Digest, digestOf, isDigest, mediaTypes } from './repository/index.js'
