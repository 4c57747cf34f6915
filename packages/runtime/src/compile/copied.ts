import type { CheckedComponent, CustomSection } from '../binary/index.js'

export function* copied(
  bytes: Uint8Array,
  copy: Uint8Array = privateBytes(bytes.length),
): Generator<void, Uint8Array> {
  for (let at = 0; at < copy.length; at += CHUNK) {
    copy.set(bytes.subarray(at, at + CHUNK), at)
    yield
  }
  return copy
}

export function privateBytes(length: number): Uint8Array {
  return new Uint8Array(length)
}

/** In memory of their own, so that nothing keeps the modules, which are compiled. */
export function* copiedSections(
  { customSections }: CheckedComponent,
  allocate: (length: number) => Uint8Array,
): Generator<void, CustomSection[]> {
  const memory = allocate(customSections.reduce((sum, { bytes }) => sum + bytes.length, 0))
  const sections: CustomSection[] = []
  let at = 0
  for (const { name, bytes } of customSections) {
    const end = at + bytes.length
    sections.push({ name, bytes: yield* copied(bytes, memory.subarray(at, end)) })
    at = end
  }
  return sections
}

/** Bytes that are copied in one step. */
const CHUNK = 1 << 20
