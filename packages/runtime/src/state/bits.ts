import type { KeptGlobal } from '../abi/kept.js'
import type { CoreGlobal, CoreModule } from '../engine-types.js'

/** The bits of a global: JavaScript changes those of what is not a number. */
export function bitsOf({ global, type }: KeptGlobal): bigint {
  if (type === 'i64') return global.value as bigint
  if (type === 'i32') return BigInt(global.value as number)
  return accessOf(global, type).get()
}

export function setBits({ global, type }: KeptGlobal, bits: bigint): void {
  if (type === 'i64') global.value = bits as never
  else if (type === 'i32') global.value = Number(BigInt.asIntN(32, bits)) as never
  else accessOf(global, type).set(bits)
}

interface Access {
  get(): bigint
  set(bits: bigint): void
}

function accessOf(global: CoreGlobal, type: 'f32' | 'f64'): Access {
  const module = modules[type] ?? new WebAssembly.Module(accessModule(type) as Uint8Array<ArrayBuffer>)
  modules[type] = module as CoreModule
  const { exports } = new WebAssembly.Instance(module as WebAssembly.Module, {
    g: { g: global as WebAssembly.Global },
  })
  return exports as unknown as Access
}

const modules: { f32?: CoreModule; f64?: CoreModule } = {}

/** Imports a global, and exports `get` and `set` of its bits as an i64. */
function accessModule(type: 'f32' | 'f64'): Uint8Array {
  const isWide = type === 'f64'
  const get = isWide ? [0x23, 0, 0xbd] : [0x23, 0, 0xbc, 0xad]
  const set = isWide ? [0x20, 0, 0xbf, 0x24, 0] : [0x20, 0, 0xa7, 0xbe, 0x24, 0]
  const section = (id: number, ...body: number[]) => [id, body.length, ...body]
  const code = (...body: number[]) => [body.length + 2, 0, ...body, 0x0b]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, 2, 0x60, 0, 1, 0x7e, 0x60, 1, 0x7e, 0),
    ...section(2, 1, 1, 0x67, 1, 0x67, 3, isWide ? 0x7c : 0x7d, 1),
    ...section(3, 2, 0, 1),
    ...section(7, 2, 3, 0x67, 0x65, 0x74, 0, 0, 3, 0x73, 0x65, 0x74, 0, 1),
    ...section(10, 2, ...code(...get), ...code(...set)),
  ])
}
