import { assembleText } from './bindgen/bindgen.js'
import { errors } from './errors/index.js'

/**
 * The component or the core module of WebAssembly's text format.
 *
 * ```ts
 * const plugin = await host.load(await assembleWat(await readFile('hello.wat', 'utf8')))
 * ```
 * @param file to name in errors
 * @throws {WAT_SYNTAX} with line and column
 */
export async function assembleWat(text: string, file?: string): Promise<Uint8Array<ArrayBuffer>> {
  // Some editors write a byte order mark, which is no part of the text.
  const bytes = await assembleText(text.replace(/^\uFEFF/, ''), (complaint) =>
    errors.WAT_SYNTAX({ file, ...complaint }),
  )
  return new Uint8Array(bytes)
}

/** Whether bytes are a text that may be assembled: what begins with a parenthesis or a comment is no binary. */
export function isWat(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 1024))
  return /^\uFEFF?\s*(\(|;;)/.test(start)
}
