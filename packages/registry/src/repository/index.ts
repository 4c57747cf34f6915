export { blobOf } from './blob-source.js'
export { isDescriptor } from './descriptor.js'
export { type Digest, digestOf, isDigest } from './digest.js'
export { parseObject } from './json.js'
export { MAX_MANIFEST_BYTES, parseManifest } from './manifest.js'
export { mediaTypes } from './media-types.js'
export { checkPath, checkReference, isTag } from './names.js'
export { progressOf } from './progress.js'
export { MAX_REFERRERS, referrerType, subjectOf } from './referrer.js'
export type {
  BlobSource,
  BlobStart,
  Descriptor,
  Repository,
  StoredManifest,
  TransferOptions,
} from './repository.js'
export { verified } from './verified.js'
