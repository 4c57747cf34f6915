import { transpileBytes } from '@bytecodealliance/jco-transpile'

export type Echo = (value: unknown) => unknown

/**
 * Instantiates a component by jco, which turns it into JavaScript source.
 *
 * @param pass the import `pass` of the component
 */
export async function instantiateByJco(bytes: Uint8Array, pass: Echo): Promise<Record<string, Echo>> {
  const { files } = await transpileBytes(bytes, {
    name: 'echo',
    instantiation: 'sync',
    // Error values are thrown as they are: the wrapper calls `toString`, which may be a field of the value.
    noComponentErrorWrapping: true,
    strict: true,
  })
  const source = Buffer.from(files['echo.js']!)
  const module = await import(/* @vite-ignore */ `data:text/javascript;base64,${source.toString('base64')}`)
  const core = (name: string) => new WebAssembly.Module(files[name] as Uint8Array<ArrayBuffer>)
  return module.instantiate(core, { pass: { default: pass } })
}
