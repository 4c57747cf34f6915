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

/** One WIT package that was fetched. */
export interface LockedWit extends Omit<LockedPlugin, 'requirement' | 'world' | 'capabilities'> {
  /** The range that was asked for; `undefined` if another package uses it. */
  readonly requirement?: string | undefined
}

/** By name and version, `acme:site@0.1.0`: packages may use several versions of one. */
export type WitLock = ReadonlyMap<string, LockedWit>

export const LOCK_FILE = 'wasm-plugin.lock'

/** Thousands of plugins, each with its signature. */
const MAX_BYTES = 16 << 20

const digest = z.custom<Digest>(isDigest, 'expected sha256:… with 64 digits')
const reason = z.string()
const pinned = {
  version: z.string(),
  registry: z.string(),
  repository: z.string(),
  manifest: digest,
  content: digest,
  size: z.int().check(z.nonnegative()),
  signer: z.optional(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('key'), id: digest, key: z.string() }),
      z.strictObject({ kind: z.literal('identity'), issuer: z.string(), identity: z.string() }),
    ]),
  ),
  signature: z.optional(z.string().check(z.maxLength(2 << 20))),
}
const pluginSchema = z.strictObject({
  requirement: z.string(),
  ...pinned,
  world: z.optional(z.string()),
  capabilities: z.strictObject({
    fs: z.optional(
      z.array(z.strictObject({ at: z.string(), access: z.enum(['read', 'read-write']), reason })),
    ),
    net: z.optional(z.array(z.strictObject({ allow: z.string(), reason }))),
    env: z.optional(z.array(z.strictObject({ key: z.string(), reason }))),
  }),
})
const witSchema = z.strictObject({ requirement: z.optional(z.string()), ...pinned })
const name = z.string().check(z.regex(/^[a-z0-9-]+:[a-z0-9-]+$/, 'expected namespace:name'))
const versioned = z
  .string()
  .check(z.regex(/^[a-z0-9-]+:[a-z0-9-]+@[0-9A-Za-z.-]+$/, 'expected namespace:name@version'))
const lockSchema = z.strictObject({
  lockVersion: z.literal(1),
  plugins: z.record(name, pluginSchema),
  wit: z.optional(z.record(versioned, witSchema)),
})

interface LockFile {
  readonly plugins: Lock
  readonly wit: WitLock
}

/**
 * The plugins of a lock file. One that does not exist is empty.
 *
 * @throws {LOCK_INVALID}
 */
export async function readLock(file: string): Promise<Lock> {
  return (await readLockFile(file)).plugins
}

/** The WIT packages of a lock file. @throws {LOCK_INVALID} */
export async function readWitLock(file: string): Promise<WitLock> {
  return (await readLockFile(file)).wit
}

async function readLockFile(file: string): Promise<LockFile> {
  const fail = (reason: string) => packageErrors.LOCK_INVALID({ file, reason })
  const bytes = await readRegularFile(file, MAX_BYTES, fail)
  if (bytes === undefined) return { plugins: new Map(), wit: new Map() }
  let json: unknown
  try {
    json = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw packageErrors.LOCK_INVALID({ file, reason: (error as Error).message }, error)
  }
  const { data, issue } = checkShape(lockSchema, json)
  if (issue === undefined)
    return { plugins: new Map(Object.entries(data.plugins)), wit: new Map(Object.entries(data.wit ?? {})) }
  const { path, reason } = issue
  throw packageErrors.LOCK_INVALID({ file, reason: path === '' ? reason : `${path}: ${reason}` })
}

/**
 * Changes the plugins of a lock file, one process after the other. An unchanged lock is not written.
 *
 * @throws {LOCK_INVALID} {LOCK_UNWRITABLE}
 */
export async function changeLock(
  file: string,
  change: (lock: Map<string, LockedPlugin>) => void,
  signal?: AbortSignal,
): Promise<void> {
  const changed = ({ plugins, wit }: LockFile) => {
    const after = new Map(plugins)
    change(after)
    return { plugins: after, wit }
  }
  await changeLockFile(file, changed, signal)
}

/** Puts other WIT packages into a lock file. @throws {LOCK_INVALID} {LOCK_UNWRITABLE} */
export async function writeWitLock(file: string, wit: WitLock, signal?: AbortSignal): Promise<void> {
  await changeLockFile(file, ({ plugins }) => ({ plugins, wit }), signal)
}

async function changeLockFile(
  file: string,
  change: (lock: LockFile) => LockFile,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await withLock(
      `${file}.pending`,
      async (stillHeld) => {
        const before = await readLockFile(file)
        const text = printLock(change(before))
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
function printLock({ plugins, wit }: LockFile): string {
  const document = { lockVersion: 1, plugins: sorted(plugins), ...(wit.size > 0 && { wit: sorted(wit) }) }
  return `${JSON.stringify(document, null, 2)}\n`
}

function sorted<T>(entries: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))
}
