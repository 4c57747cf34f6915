import { showText } from '@wasm-plugin/runtime/text'
import { errors } from '../errors/index.js'
import type { ResolvedPlugin } from '../plugin-resolver.js'
import { checkSize } from './collect.js'
import { inTime } from './in-time.js'
import type { ReadOptions } from './read-options.js'
import { shownName } from './shown-name.js'

/** `acme:render`, with a range of versions or not; letters of any case, so that the registry says what a name is. */
const PACKAGE = /^(?!file:)[a-z][a-z\d-]+:[a-z][a-z\d-]*(@|$)/i
/** Characters: an identity is the address of a workflow, and that of who vouched for it. */
const MAX_SIGNER = 1_024
const OCI = /^oci:\/\//i

/** Whether a source is the name of a plugin, which a registry finds. */
export function isPluginName(source: string | URL): boolean {
  const text = String(source)
  return OCI.test(text) || PACKAGE.test(text)
}

/** `acme:render@^1.2` → `acme:render`, `oci://registry.example/acme/render:1.2.3` → `render` */
export function nameInReference(source: string | URL): string {
  const [name = ''] = String(source).replace(OCI, '').split('@')
  if (!OCI.test(String(source))) return shownName(name)
  const [last = ''] = name.slice(name.lastIndexOf('/') + 1).split(':')
  return shownName(last)
}

/**
 * The bytes of a plugin by its name, from the host's registry, and who signed them.
 *
 * @throws {REGISTRY_MISSING} {SOURCE_UNREADABLE} {LIMIT_EXCEEDED} {HOST_CLOSED} {LOAD_ABORTED}, and what the registry throws
 */
export async function namedBytes(reference: string, options: ReadOptions) {
  const { registry, imports, exports, maxBytes } = options
  if (registry === undefined) throw errors.REGISTRY_MISSING({ reference })
  const late = AbortSignal.timeout(options.timeoutMs)
  const found: unknown = await inTime(reference, options, late, (signal) =>
    registry.resolve(reference, { imports, exports, signal }),
  )
  const { bytes, name, signer } = (found ?? {}) as Partial<Record<keyof ResolvedPlugin, unknown>>
  if (!(bytes instanceof Uint8Array) || typeof name !== 'string')
    throw errors.SOURCE_UNREADABLE({ source: reference, reason: 'the registry gave no bytes and name' })
  checkSize(bytes.byteLength, maxBytes)
  const signed = typeof signer === 'string' ? showText(signer, MAX_SIGNER) : undefined
  return { bytes, label: shownName(name), signer: signed }
}
