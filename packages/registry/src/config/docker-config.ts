import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { makeFolder, replaceFile, withLock, writing } from '../disk/index.js'
import { transportErrors as errors } from '../errors/index.js'
import type { Credentials } from '../oci/index.js'
import { decodeBasic } from './basic.js'
import { readConfigFile } from './read-file.js'

/** What docker's `config.json` says of credentials. */
export interface DockerConfig {
  readonly auths: ReadonlyMap<string, Credentials>
  /** Names of helpers by registry, and the one for all others. */
  readonly helpers: ReadonlyMap<string, string>
  readonly store: string | undefined
}

/** @throws {REGISTRY_CONFIG_INVALID} */
export async function readDockerConfig(file: string): Promise<DockerConfig> {
  const document = await readDocument(file)
  const auths = Object.entries(objectOf(document.auths)).flatMap(([key, entry]): [string, Credentials][] => {
    const credentials = credentialsOf(objectOf(entry))
    return credentials === undefined ? [] : [[key, credentials]]
  })
  const helpers = Object.entries(objectOf(document.credHelpers)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  const store = document.credsStore
  return {
    auths: new Map(auths),
    helpers: new Map(helpers),
    store: typeof store === 'string' && store !== '' ? store : undefined,
  }
}

/**
 * Changes the entries of `auths`, of one process at a time and in one step. Everything else stays as it is, and nobody else
 * can read the file.
 */
export async function updateAuths(
  file: string,
  change: (auths: Record<string, unknown>) => Record<string, unknown>,
): Promise<void> {
  const folder = path.dirname(file)
  await writing(folder, async () => {
    await makeFolder(folder, 0o700)
    // Some keep it elsewhere, behind a link, which stays.
    const real = await realpath(file).catch(() => file)
    await withLock(`${real}.lock`, async (stillHeld) => {
      const document = await readDocument(real)
      const auths = change({ ...objectOf(document.auths) })
      const text = `${JSON.stringify({ ...document, auths }, null, '\t')}\n`
      await stillHeld()
      await replaceFile(real, text, { mode: 0o600 })
    })
  })
}

async function readDocument(file: string): Promise<Record<string, unknown>> {
  const text = await readConfigFile(file)
  if (text === undefined || text.trim() === '') return {}
  try {
    const document: unknown = JSON.parse(text)
    if (typeof document === 'object' && document !== null && !Array.isArray(document))
      return document as Record<string, unknown>
  } catch {
    // The message of the parser has a part of the text, which has passwords.
  }
  throw errors.REGISTRY_CONFIG_INVALID({ file, reason: 'it is not a JSON object' })
}

function credentialsOf(entry: Record<string, unknown>): Credentials | undefined {
  const { identitytoken, auth, username, password } = entry
  if (typeof identitytoken === 'string' && identitytoken !== '')
    return { kind: 'identity', token: identitytoken }
  if (typeof username === 'string' && typeof password === 'string' && username !== '')
    return { kind: 'password', username, password }
  return typeof auth === 'string' ? decodeBasic(auth) : undefined
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
