import * as z from '@wasm-plugin/manifest/shape'
import { milliseconds } from '../../milliseconds.js'
import { size } from '../shapes.js'
import { isRange } from './address.js'

const range = z.string().check(z.refine(isRange, 'expected an address range such as "10.0.0.0/8"'))

export const schema = z.union([
  z.array(z.string()),
  z.strictObject({
    allow: z.array(z.string()),
    deny: z.optional(z.array(z.string())),
    privateAddresses: z.optional(z.array(range)),
    limits: z.optional(
      z.strictObject({
        concurrent: z.optional(size),
        headerBytes: z.optional(size),
        requestBytes: z.optional(size),
        responseBytes: z.optional(size),
        connectTimeoutMs: z.optional(milliseconds),
        firstByteTimeoutMs: z.optional(milliseconds),
        betweenBytesTimeoutMs: z.optional(milliseconds),
      }),
    ),
  }),
])

export type NetInput = z.infer<typeof schema>
