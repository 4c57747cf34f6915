/**
 * Throws a real WebAssembly trap. An exception thrown by JS can be caught by a guest with `try`/`catch_all`; a trap
 * cannot, so this is how the host unwinds guest frames.
 */
export function throwTrap(): never {
  trap ??= instantiateTrap()
  trap()
  throw new WebAssembly.RuntimeError('unreachable')
}

let trap: (() => void) | undefined

/** `(module (func (export "t") unreachable))` */
const TRAP_MODULE = [
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00,
  0x07, 0x05, 0x01, 0x01, 0x74, 0x00, 0x00, 0x0a, 0x05, 0x01, 0x03, 0x00, 0x00, 0x0b,
]

function instantiateTrap(): () => void {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(TRAP_MODULE)))
  return exports.t as () => void
}
