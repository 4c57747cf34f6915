/** A section of a core module or component, with its place in the file. */
export interface Section {
  /** 0 is a custom section, in both kinds of binary. */
  readonly id: number
  /** Contents without id and size. */
  readonly body: Uint8Array
}

const HEADER_BYTES = 8

/** Splits a binary that a trusted toolchain wrote into its sections. */
export function readSections(bytes: Uint8Array): Section[] {
  const sections: Section[] = []
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const id = bytes[at]!
    const size = readLeb(bytes, at + 1)
    const end = size.next + size.value
    sections.push({ id, body: bytes.subarray(size.next, end) })
    at = end
  }
  return sections
}

/** Puts sections behind the header of `like`: a core module stays one, and so does a component. */
export function writeSections(like: Uint8Array, sections: readonly Section[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [like.subarray(0, HEADER_BYTES)]
  for (const { id, body } of sections) parts.push(Uint8Array.of(id, ...leb(body.length)), body)
  return concatBytes(parts)
}

export function customSection(name: string, payload: Uint8Array): Section {
  const encoded = new TextEncoder().encode(name)
  return { id: 0, body: concatBytes([Uint8Array.from(leb(encoded.length)), encoded, payload]) }
}

/** Payload of the first custom section of that name, or null. */
export function findCustomSection(bytes: Uint8Array, name: string): Uint8Array | null {
  for (const { id, body } of readSections(bytes)) {
    if (id !== 0) continue
    const length = readLeb(body, 0)
    const end = length.next + length.value
    if (new TextDecoder().decode(body.subarray(length.next, end)) === name) return body.subarray(end)
  }
  return null
}

/** Unsigned LEB128, at most 32 bits. */
export function readLeb(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0
  let next = at
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[next++] ?? 0
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return { value: value >>> 0, next }
  }
}

export function leb(value: number): number[] {
  const out: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...out, rest]
    out.push((rest & 0x7f) | 0x80)
  }
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
