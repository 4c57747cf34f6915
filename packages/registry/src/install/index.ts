export type { BlobCache } from './blob-cache.js'
export { debugInfo } from './debug-info.js'
export { component } from './download.js'
export type { Fit } from './fit.js'
export {
  type Confirm,
  consent,
  type InstallContext,
  type Installed,
  install,
  installAll,
  pinned,
  reviewOf,
  type Wanted,
} from './install.js'
export { uninstall } from './installed.js'
export { type LoadContext, type LoadedBytes, loadBytes, lockedBytes } from './load.js'
export { type Outdated, outdated } from './outdated.js'
export { type Places, repositoryOf } from './places.js'
export { type Rechecked, recheck } from './recheck.js'
export { type PassedOver, type ResolveContext, type Resolved, resolve } from './resolve.js'
export { type Listed, listVersions } from './search.js'
export { type Reviewed, reviewReference, type VerifiedVersion, verifyReference } from './verify.js'
