import type { CoreModule } from '@wasm-plugin/runtime'

/** Bytes of a module that a page may as well compile itself. */
const SMALL = 4 << 10

/** Compiles a core module; a browser does so in threads of its own, and takes no large one in any other way. */
export async function compileModule(bytes: Uint8Array, signal: AbortSignal): Promise<CoreModule | undefined> {
  if (bytes.length < SMALL) return undefined
  signal.throwIfAborted()
  const module = await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>)
  signal.throwIfAborted()
  return module
}
