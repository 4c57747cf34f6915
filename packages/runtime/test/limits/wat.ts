import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'

/** Assembles WebAssembly text. The assembler does not validate, so wrong modules can be made too. */
export async function wat(source: string): Promise<Uint8Array> {
  return await parse(source)
}

/** Instantiates a core module and answers with its exports, typed loosely because tests know them. */
// biome-ignore lint/suspicious/noExplicitAny: exports of a module that the test itself wrote.
export function run(bytes: Uint8Array, imports: WebAssembly.Imports = {}): any {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), imports).exports
}

/** The code of the error that `action` throws, or the error itself when it is none of ours. */
export function codeOf(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return (error as { code?: string }).code ?? error
  }
  return 'no error'
}
