import { packageErrorDocs } from './package-codes.js'
import { transportErrorDocs } from './transport-codes.js'

export { packageErrors } from './package-codes.js'
export { transportErrors } from './transport-codes.js'

export const registryErrorDocs = [...transportErrorDocs, ...packageErrorDocs]
