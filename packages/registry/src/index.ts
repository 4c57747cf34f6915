export { type Cache, type CacheUsage, cacheFolder, openCache, type PruneOptions } from './cache/index.js'
export {
  type ConfigOptions,
  credentialsFor,
  loadConfig,
  locate,
  login,
  logout,
  PROJECT_FILE,
  parseTarget,
  type RegistryConfig,
  type Target,
} from './config/index.js'
export { type CreateOptions, createRegistry } from './create-registry.js'
export { WAITING_CHANNEL, type Waiting } from './disk/index.js'
export { registryErrorDocs } from './errors/index.js'
export type {
  Confirm,
  Fit,
  Installed,
  Listed,
  LoadedBytes,
  Outdated,
  PassedOver,
  Rechecked,
  Reviewed,
  VerifiedVersion,
} from './install/index.js'
export { type LayoutPlace, openLayout } from './layout/index.js'
export type { Lock, LockedPlugin, LockedWit } from './lock/index.js'
export { type Credentials, type OciOptions, type OciPlace, openOci } from './oci/index.js'
export { openRepository, type Place } from './place/index.js'
export {
  type Published,
  type PublishedImage,
  signatureFileOf,
  signFile,
  statementOfFile,
} from './publish/index.js'
export { Registry } from './registry.js'
export type { RegistryOptions } from './registry-options.js'
export type {
  BlobSource,
  BlobStart,
  Descriptor,
  Repository,
  StoredManifest,
  TransferOptions,
} from './repository/index.js'
export { blobOf, type Digest, digestOf, isDigest, mediaTypes } from './repository/index.js'
export type { Change, Review } from './review/index.js'
export {
  generateKeys,
  type KeyId,
  readPrivateKey,
  readPublicKey,
  type SigningKey,
  type Statement,
} from './sign/index.js'
export { printSigner, type Signer, type Status } from './trust/index.js'
export type { FetchedWit, WitRequest, WitResult } from './wit/index.js'
