import { abiTrap, type FuncContext } from '../func-context.js'

/** Below this many bytes a loop beats the native codecs, which cost 50-100 ns to enter. */
const LOOP_BYTES = 10

export function liftUtf8(cx: FuncContext, pointer: number, length: number): string {
  const { bytes } = cx.memory
  if (pointer + length > bytes.length) throw abiTrap('a string is out of bounds of the memory')
  cx.limitBytes(length)
  cx.charge(length)
  if (length <= LOOP_BYTES) {
    let text = ''
    const end = pointer + length
    let at = pointer
    for (; at < end; at++) {
      const byte = bytes[at]!
      if (byte > 0x7f) break
      text += String.fromCharCode(byte)
    }
    if (at === end) return text
  }
  return decode(bytes, pointer, pointer + length)
}

/**
 * One allocation of the exact size, not one of a byte per code unit that grows: the ABI allows both, and the `realloc`
 * that adapters of preview 1 hand out for the results of imports can only allocate.
 */
export function lowerUtf8(cx: FuncContext, value: string): number {
  const units = value.length
  if (units > COUNTED_UNITS && units <= DRAFT_BYTES / 3) return lowerDraft(cx, value)
  const short = units <= LOOP_BYTES * 2
  const size = short ? utf8Length(value) : byteLength(value)
  cx.limitGiven(size)
  const pointer = cx.alloc(size, 1)
  const { bytes } = cx.memory
  if (short && size === units) for (let i = 0; i < units; i++) bytes[pointer + i] = value.charCodeAt(i)
  else encoder.encodeInto(value, bytes.subarray(pointer, pointer + size))
  cx.store.stringLength = size
  return pointer
}

/** Longer texts are written elsewhere first, which takes as long as counting their bytes, and copied. */
const COUNTED_UNITS = 1_024

/** Three for each unit of the longest text that is written so. */
const DRAFT_BYTES = 192 << 10

let draft: Uint8Array<ArrayBuffer> | undefined

function lowerDraft(cx: FuncContext, value: string): number {
  draft ??= new Uint8Array(DRAFT_BYTES)
  const { written } = encoder.encodeInto(value, draft)
  cx.limitGiven(written)
  const pointer = cx.alloc(written, 1)
  cx.memory.bytes.set(draft.subarray(0, written), pointer)
  cx.store.stringLength = written
  return pointer
}

/** Bytes of `value` in UTF-8; a lone surrogate becomes U+FFFD, which has 3. */
function utf8Length(value: string): number {
  let size = value.length
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    if (unit < 0x80) continue
    size += unit < 0x800 ? 1 : 2
    if ((unit & 0xfc00) === 0xd800 && (value.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++
  }
  return size
}

const encoder = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeStrict(bytes: Uint8Array, start: number, end: number): string {
  try {
    return strict.decode(isShared(bytes) ? bytes.slice(start, end) : bytes.subarray(start, end))
  } catch {
    throw abiTrap('a string is not valid UTF-8')
  }
}

/** What other threads may write to is decoded from a copy: browsers take nothing else. */
function isShared({ buffer }: Uint8Array): boolean {
  return !(buffer instanceof ArrayBuffer)
}

/** @throws {ABI_TRAP} the bytes are no text */
export function requireUtf8(bytes: Uint8Array, start: number, end: number): void {
  if (isUtf8?.(bytes.subarray(start, end)) !== true) decode(bytes, start, end)
}

interface NodeProcess {
  readonly getBuiltinModule?: (
    name: string,
  ) => { readonly isUtf8?: (bytes: Uint8Array) => boolean } | undefined
}

/** Node's, which makes no text; elsewhere no engine checks bytes faster than it decodes them. */
const isUtf8 = (globalThis as { process?: NodeProcess }).process?.getBuiltinModule?.('node:buffer')?.isUtf8

/** Node counts natively; elsewhere a loop does. */
const byteLength: (value: string) => number =
  (globalThis as { Buffer?: { byteLength?: (value: string) => number } }).Buffer?.byteLength ?? utf8Length

/** Node's `buffer.utf8Slice`: twice as fast as `TextDecoder`, but it replaces bad bytes instead of refusing them. */
type Utf8Slice = (this: Uint8Array, start: number, end: number) => string

const decode = chooseDecoder()

function chooseDecoder(): typeof decodeStrict {
  const { Buffer } = globalThis as { Buffer?: { prototype?: { utf8Slice?: Utf8Slice } } }
  const slice = Buffer?.prototype?.utf8Slice
  if (typeof slice !== 'function') return decodeStrict
  // Apart, so that the first text is garbage when there has to be a second one.
  const fast = (bytes: Uint8Array, start: number, end: number) => {
    const text = slice.call(bytes, start, end)
    return text.includes('\ufffd') ? null : text
  }
  return (bytes, start, end) => fast(bytes, start, end) ?? decodeStrict(bytes, start, end)
}
