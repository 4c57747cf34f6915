/** Parts of a binary, as they are put together. */
type Bytes = Uint8Array | readonly number[]

export function concat(parts: readonly Bytes[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** `\0asm`, version and layer. */
export function header(version: number, layer: number): Uint8Array {
  return Uint8Array.of(0x00, 0x61, 0x73, 0x6d, version, 0, layer, 0)
}

export function section(id: number, body: Uint8Array): Uint8Array {
  return concat([[id], unsigned(body.length), body])
}

export function vector(items: readonly Uint8Array[]): Uint8Array {
  return concat([unsigned(items.length), ...items])
}

export function name(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text)
  return concat([unsigned(bytes.length), bytes])
}

/** Unsigned LEB128 of a safe integer. */
export function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  bytes.push(rest)
  return bytes
}
