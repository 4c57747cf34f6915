import { PluginError } from '@wasm-plugin/host'

/** The frames of a fault as text, and the lines of its message that show the first of them. */
export async function faultOf(run: Promise<unknown>) {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!PluginError.is(error)) throw error
  const frames = (error.frames ?? []).map(
    ({ function: name, file, line, column, language }) => `${name} ${file}:${line}:${column} ${language}`,
  )
  return {
    code: error.code,
    frames,
    shown: error.message.split('\n').filter((line) => line.startsWith('    at ')),
    error,
  }
}
