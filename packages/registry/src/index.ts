export { registryErrorDocs } from './errors/index.js'
export type { Descriptor, Repository, TransferOptions } from './repository/index.js'
export { type Digest, digestOf, isDigest } from './repository/index.js'
