export type { Credentials } from './credentials.js'
export { type OciPlace, openOci } from './open-oci.js'
export type { OciOptions } from './options.js'
