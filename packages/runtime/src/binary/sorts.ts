import type { DecodeContext } from './context.js'
import type { CoreSort, Sort } from './definition.js'
import { hex, type Reader } from './reader.js'

export type AnySort = { readonly core: CoreSort } | { readonly core: null; readonly sort: Sort }

/** Decodes a sort (Binary.md, `sort`). */
export function decodeSort(reader: Reader, context: DecodeContext): AnySort {
  const at = reader.offset
  const code = reader.u8()
  if (code === 0x00) return { core: decodeCoreSort(reader) }
  if (code === 0x02) throw context.unsupported('values')
  const sort = SORTS.get(code)
  if (sort === undefined) throw reader.malformed(`${hex(code)} is not a sort`, at)
  return { core: null, sort }
}

export function decodeCoreSort(reader: Reader): CoreSort {
  const at = reader.offset
  const code = reader.u8()
  const sort = CORE_SORTS.get(code)
  if (sort === undefined) throw reader.malformed(`${hex(code)} is not a core sort`, at)
  return sort
}

/** Decodes the sort of what a component can import, export and pass: all but core items, modules excepted. */
export function decodeExternSort(reader: Reader, context: DecodeContext): Sort {
  const decoded = decodeSort(reader, context)
  if (decoded.core === null) return decoded.sort
  if (decoded.core === 'module') return 'core-module'
  throw context.invalid(`a core ${decoded.core} cannot be imported, exported or passed`)
}

const SORTS: ReadonlyMap<number, Sort> = new Map([
  [0x01, 'func'],
  [0x03, 'type'],
  [0x04, 'component'],
  [0x05, 'instance'],
])

const CORE_SORTS: ReadonlyMap<number, CoreSort> = new Map([
  [0x00, 'func'],
  [0x01, 'table'],
  [0x02, 'memory'],
  [0x03, 'global'],
  [0x04, 'tag'],
  [0x10, 'type'],
  [0x11, 'module'],
  [0x12, 'instance'],
])
