import { transportErrors as errors } from '../errors/index.js'
import { isDigest } from './digest.js'

/**
 * The path of a repository as the OCI distribution specification has it. It is part of addresses and of names of folders.
 *
 * @throws {REGISTRY_NAME_INVALID}
 */
export function checkPath(path: string): string {
  if (path.length > MAX_PATH || !PATH.test(path))
    throw errors.REGISTRY_NAME_INVALID({ what: 'path of a repository', text: path })
  return path
}

/** @throws {REGISTRY_NAME_INVALID} if it is neither a tag nor a digest. */
export function checkReference(reference: string): string {
  if (!isTag(reference) && !isDigest(reference))
    throw errors.REGISTRY_NAME_INVALID({ what: 'tag or digest', text: reference })
  return reference
}

export function isTag(text: unknown): text is string {
  return typeof text === 'string' && TAG.test(text)
}

const MAX_PATH = 255
const WORD = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const PATH = new RegExp(`^${WORD}(?:/${WORD})*$`)
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/
