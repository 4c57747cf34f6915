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
  if (subtle !== undefined) return hex(new Uint8Array(await subtle.digest('SHA-256', bytes)))
  const { slowDigest } = await import('./slow-digest.js')
  return hex(await inTurns(slowDigest(bytes)))
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
