/** A component of nothing but these sections. */
export function component(sections: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, ...sections.flat()])
}

export function customSection(name: string, payload: readonly number[]): number[] {
  const body = [...text(name), ...payload]
  return [0, ...leb(body.length), ...body]
}

/** UTF-8, with its length before it. */
export function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value)
  return [...leb(bytes.length), ...bytes]
}

/** Unsigned LEB128. */
export function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)]
}
