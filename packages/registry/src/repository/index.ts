export { type Digest, digestOf, isDigest } from './digest.js'
export { mediaTypes } from './media-types.js'
export type {
  BlobSource,
  Descriptor,
  Repository,
  StoredManifest,
  TransferOptions,
} from './repository.js'
