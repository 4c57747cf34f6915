import { BinaryReader } from '@wasm-plugin/runtime/internal'
import { concatBytes, encodeName, leb, MAX_NAME_BYTES } from './sections.js'

/** An entry of the export section of a core module. */
export interface CoreExport {
  readonly name: string
  readonly kind: number
  readonly index: number
}

export const ExportKind = { FUNCTION: 0, GLOBAL: 3 } as const

export function readExports(body: Uint8Array): CoreExport[] {
  const reader = new BinaryReader(body)
  return Array.from({ length: reader.u32() }, () => ({
    name: reader.name(MAX_NAME_BYTES),
    kind: reader.u8(),
    index: reader.u32(),
  }))
}

export function writeExports(exports: readonly CoreExport[]): Uint8Array {
  const entries = exports.map(({ name, kind, index }) =>
    concatBytes([encodeName(name), Uint8Array.of(kind, ...leb(index))]),
  )
  return concatBytes([Uint8Array.from(leb(exports.length)), ...entries])
}
