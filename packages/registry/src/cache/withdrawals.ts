import path from 'node:path'
import * as z from 'zod/mini'
import { makeFolder, readRegularFile, replaceFile } from '../disk/index.js'
import type { Digest } from '../repository/index.js'

/** What publishers were heard to say of a version after they had published it. */
export interface Withdrawals {
  /** When its registry was asked last, RFC 3339. */
  readonly asked: string
  /** Signed statements, to be verified by whoever reads them. */
  readonly bundles: readonly Uint8Array[]
}

const schema = z.object({
  asked: z.iso.datetime(),
  bundles: z.array(z.string()).check(z.maxLength(50)),
})

/** Statements of a few hundred bytes each. */
const MAX_BYTES = 1 << 20

/** What is known of a manifest; `undefined` if nobody has asked, or the file is damaged. */
export async function readWithdrawals(folder: string, manifest: Digest): Promise<Withdrawals | undefined> {
  try {
    const bytes = await readRegularFile(fileOf(folder, manifest), MAX_BYTES, (reason) => new Error(reason))
    const { asked, bundles } = schema.parse(JSON.parse(bytes?.toString('utf8') ?? ''))
    return { asked, bundles: bundles.map((text) => Buffer.from(text, 'base64')) }
  } catch {
    return undefined
  }
}

/**
 * Adds what was heard now. Nothing is forgotten: a registry that no longer tells of a withdrawal does not undo it. What
 * cannot be written is no reason to fail.
 */
export async function addWithdrawals(
  folder: string,
  manifest: Digest,
  bundles: readonly Uint8Array[],
): Promise<void> {
  const known = (await readWithdrawals(folder, manifest))?.bundles ?? []
  const all = new Set([...known, ...bundles].map((bytes) => Buffer.from(bytes).toString('base64')))
  const text = JSON.stringify({ asked: new Date().toISOString(), bundles: [...all].slice(0, 50) })
  await makeFolder(folder)
    .then(() => replaceFile(fileOf(folder, manifest), text))
    .catch(() => undefined)
}

function fileOf(folder: string, manifest: Digest): string {
  return path.join(folder, `${manifest.slice('sha256:'.length)}.json`)
}
