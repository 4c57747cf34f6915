const API = 'bench:calls/api#'

/**
 * The core module called by hand, with the least glue that is correct for well-behaved values: no checks, no
 * re-entrance guard, no errors. A floor, not an engine.
 *
 * @type {import('../rows.mjs').Engine}
 */
export async function raw({ core }, host) {
  const imports = {
    'bench:calls/host': {
      add: (a, b) => host.add(a >>> 0, b >>> 0) >>> 0,
      log: (at, length) => host.log(utf8.decode(new Uint8Array(exports.memory.buffer, at, length))),
    },
  }
  const module = await WebAssembly.compile(core)
  const { exports } = await WebAssembly.instantiate(module, imports)
  const { cabi_realloc: realloc, memory } = exports
  const named = (name) => exports[API + name]
  const echoString = named('echo-string')
  const echoBytes = named('echo-bytes')
  const [add, sum, fib] = [named('add'), named('sum'), named('fib')]
  return {
    add: (a, b) => add(a, b) >>> 0,
    callAdd: named('call-add'),
    callLog: named('call-log'),
    meteredSum: (n) => sum(n) >>> 0,
    meteredFib: (n) => fib(n) >>> 0,
    echoString: (value) => {
      const space = value.length * 3
      const at = realloc(0, 0, 1, space)
      const { written } = encoder.encodeInto(value, new Uint8Array(memory.buffer, at, space))
      return utf8.decode(result(memory, echoString(at, written)))
    },
    echoBytes: (value) => {
      const at = realloc(0, 0, 1, value.length)
      new Uint8Array(memory.buffer, at, value.length).set(value)
      return result(memory, echoBytes(at, value.length)).slice()
    },
    instantiate: () => new WebAssembly.Instance(module, imports),
    load: async ({ core: bytes }) => {
      const { instance } = await WebAssembly.instantiate(bytes, imports)
      return instance.exports[`${API}add`](1, 2)
    },
  }
}

const encoder = new TextEncoder()
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The bytes that the pointer and length at `at` name. */
function result(memory, at) {
  const view = new DataView(memory.buffer)
  return new Uint8Array(memory.buffer, view.getUint32(at, true), view.getUint32(at + 4, true))
}
