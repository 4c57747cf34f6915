import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { errors, inTurns, type SourcePort } from '@wasm-plugin/embed'

/** Plugins by URL: a path leads where it would lead in the page. */
export const pageSources: SourcePort = {
  get base() {
    return new URL(globalThis.document?.baseURI ?? globalThis.location.href)
  },
  fileName: (source) => new URL(source, pageSources.base).pathname,
  readFile: (source) =>
    Promise.reject(errors.SOURCE_UNREADABLE({ source: String(source), reason: 'a page reads no files' })),
  sha256: hexDigest,
}

/** By the browser, which has it where the page came in a way that nobody could change; elsewhere here, in turns. */
async function hexDigest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const { subtle } = globalThis.crypto
  if (subtle === undefined) return await inTurns(digest(bytes))
  return bytesToHex(new Uint8Array(await subtle.digest('SHA-256', bytes)))
}

/** Bytes that are read in a few milliseconds. */
const CHUNK = 256 << 10

function* digest(bytes: Uint8Array): Generator<void, string> {
  const hash = sha256.create()
  for (let at = 0; at < bytes.length; at += CHUNK) {
    hash.update(bytes.subarray(at, at + CHUNK))
    yield
  }
  return bytesToHex(hash.digest())
}
