import type { ManifestRequests } from '@wasm-plugin/manifest'
import { checkShape } from '@wasm-plugin/manifest/shape'
import * as z from 'zod/mini'
import { readRegularFile, replaceFile, withLock } from '../disk/index.js'
import { packageErrors } from '../errors/index.js'
import { type Digest, isDigest } from '../repository/index.js'
import type { Signer } from '../trust/index.js'

/** One installed plugin: exactly these bytes, from there, signed by them, and asking for no more than this. */
export interface LockedPlugin {
  /** The range that was asked for. */
  readonly requirement: string
  readonly version: string
  readonly registry: string
  /** Its path in the registry. */
  readonly repository: string
  /** The image manifest. */
  readonly manifest: Digest
  /** The component. */
  readonly content: Digest
  /** Bytes of the component. */
  readonly size: number
  /** The contract that it is built for, with its version. */
  readonly world?: string | undefined
  readonly signer?: Signer | undefined
  /** The Sigstore bundle that shows it, base64: a lock file alone vouches for nothing. */
  readonly signature?: string | undefined
  /** What it asks for, as it was agreed to. */
  readonly capabilities: ManifestRequests
}

/** By name, `acme:render`. */
export type Lock = ReadonlyMap<string, LockedPlugin>

export const LOCK_FILE = 'wasm-plugin.lock'

/** Thousands of plugins, each with its signature. */
const MAX_BYTES = 16 << 20

const digest = z.custom<Digest>(isDigest, 'expected sha256:… with 64 digits')
const reason = z.string()
const pluginSchema = z.strictObject({
  requirement: z.string(),
  version: z.string(),
  registry: z.string(),
  repository: z.string(),
  manifest: digest,
  content: digest,
  size: z.int().check(z.nonnegative()),
  world: z.optional(z.string()),
  signer: z.optional(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('key'), id: digest, key: z.string() }),
      z.strictObject({ kind: z.literal('identity'), issuer: z.string(), identity: z.string() }),
    ]),
  ),
  signature: z.optional(z.string().check(z.maxLength(2 << 20))),
  capabilities: z.strictObject({
    fs: z.optional(
      z.array(z.strictObject({ at: z.string(), access: z.enum(['read', 'read-write']), reason })),
    ),
    net: z.optional(z.array(z.strictObject({ allow: z.string(), reason }))),
    env: z.optional(z.array(z.strictObject({ key: z.string(), reason }))),
  }),
})
const name = z.string().check(z.regex(/^[a-z0-9-]+:[a-z0-9-]+$/, 'expected namespace:name'))
const lockSchema = z.strictObject({ lockVersion: z.literal(1), plugins: z.record(name, pluginSchema) })

/**
 * Reads a lock file. One that does not exist is empty.
 *
 * @throws {LOCK_INVALID}
 */
export async function readLock(file: string): Promise<Lock> {
  const fail = (reason: string) => packageErrors.LOCK_INVALID({ file, reason })
  const bytes = await readRegularFile(file, MAX_BYTES, fail)
  if (bytes === undefined) return new Map()
  let json: unknown
  try {
    json = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw packageErrors.LOCK_INVALID({ file, reason: (error as Error).message }, error)
  }
  const { data, issue } = checkShape(lockSchema, json)
  if (issue === undefined) return new Map(Object.entries(data.plugins))
  const { path, reason } = issue
  throw packageErrors.LOCK_INVALID({ file, reason: path === '' ? reason : `${path}: ${reason}` })
}

/**
 * Changes a lock file, one process after the other. An unchanged lock is not written.
 *
 * @throws {LOCK_INVALID} {LOCK_UNWRITABLE}
 */
export async function changeLock(
  file: string,
  change: (lock: Map<string, LockedPlugin>) => void,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await withLock(
      `${file}.pending`,
      async (stillHeld) => {
        const before = await readLock(file)
        const after = new Map(before)
        change(after)
        const text = printLock(after)
        if (text === printLock(before)) return
        await stillHeld()
        await replaceFile(file, text)
      },
      signal,
    )
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error
    throw packageErrors.LOCK_UNWRITABLE({ file, reason: error.message }, error)
  }
}

/** Sorted, so that two people who add plugins meet in different lines. */
function printLock(lock: Lock): string {
  const plugins = Object.fromEntries([...lock].sort(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify({ lockVersion: 1, plugins }, null, 2)}\n`
}
