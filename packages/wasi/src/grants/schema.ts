import * as z from '@wasm-plugin/manifest/shape'
import { capabilities } from './capabilities.js'
import { size } from './shapes.js'
import { plainValue } from './values.js'

export const grantsSchema = z.strictObject({
  fs: z.optional(capabilities.fs.schema),
  net: z.optional(capabilities.net.schema),
  env: z.optional(capabilities.env.schema),
  config: z.optional(capabilities.config.schema),
  keyvalue: z.optional(capabilities.keyvalue.schema),
  app: z.optional(capabilities.app.schema),
  // Settings: they are fixed when the plugin is loaded, and nothing of them is decided about.
  args: z.optional(z.array(plainValue)),
  stdio: z.optional(
    z.strictObject({
      stdin: z.optional(z.union([z.string(), z.instanceof(Uint8Array)])),
      bytesPerSecond: z.optional(size),
    }),
  ),
  clocks: z.optional(
    z.strictObject({
      resolutionNs: z.optional(size.check(z.maximum(1_000_000_000))),
      fixed: z.optional(
        z
          .string()
          .check(z.refine((value) => Date.parse(value) >= 0, 'expected an ISO date of 1970 or later')),
      ),
    }),
  ),
  random: z.optional(
    z.strictObject({
      maxBytes: z.optional(size.check(z.maximum(1 << 26))),
      seed: z.optional(z.string()),
    }),
  ),
})

export type ParsedGrants = z.infer<typeof grantsSchema>

/** What grants may name. */
export const grantNames: readonly string[] = Object.keys(grantsSchema.shape)
