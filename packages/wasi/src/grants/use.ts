import type { NetTarget } from '@wasm-plugin/manifest/grammar'
import type { FsGrant } from './grant-set.js'

export type FsOperation =
  | 'open'
  | 'stat'
  | 'readdir'
  | 'readlink'
  | 'create'
  | 'write'
  | 'mkdir'
  | 'rmdir'
  | 'unlink'
  | 'rename'
  | 'link'
  | 'symlink'
  | 'set-times'

/** One use of a capability, about to happen. */
export type Use =
  | {
      readonly capability: 'fs'
      readonly operation: FsOperation
      readonly target: string
      /** The grant whose directory the object was found in; by `target` alone when absent. */
      readonly grant?: FsGrant
    }
  | {
      readonly capability: 'net'
      readonly operation: string
      readonly target: string
      /** Several for an address that is known by several names: one must be allowed, and none denied. */
      readonly net: NetTarget | readonly NetTarget[]
    }
  | { readonly capability: 'env'; readonly operation: 'read'; readonly target: string }
  | { readonly capability: 'config'; readonly operation: 'get'; readonly target: string }
  | {
      readonly capability: 'keyvalue'
      readonly operation: string
      readonly target: string
      /** Name of the store. */
      readonly store: string
    }
  | {
      /** Of the application's own. */
      readonly capability: `app.${string}`
      readonly operation: string
      readonly target: string
      /** Whether a rule of that capability allows the use: the application says so. */
      readonly matches: (rule: string) => boolean
    }
