import { app } from './app/capability.js'
import { config } from './config/capability.js'
import { env } from './env/capability.js'
import { fs } from './fs/capability.js'
import { keyvalue } from './keyvalue/capability.js'
import { net } from './net/capability.js'

/**
 * What plugins may be granted, in the order of their rules. Directories come first: what lies in them bounds other grants.
 * A new one is a folder of its own, a line here and in `schema.ts`, how a thread decides about it in `decide.ts`, and its
 * types in `inputs.ts`, `grant-set.ts` and `given.ts`.
 */
export const capabilities = { fs, env, net, config, keyvalue, app }

export type CapabilityName = keyof typeof capabilities
