import { BinaryReader } from '@wasm-plugin/runtime/internal'

/** Unsigned LEB128, at most 32 bits. */
export function readLeb(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  const reader = new BinaryReader(bytes, at)
  const value = reader.u32()
  return { value, next: reader.offset }
}
