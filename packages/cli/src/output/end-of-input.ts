import { stdin } from 'node:process'

/**
 * Runs a question, and ends it as a cancelled one when the person ends the input: a prompt reads single keys, so Ctrl-D is
 * one of them, and Node would find nothing left to wait for.
 */
export async function untilEndOfInput<T>(
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController()
  const end = () => ended.abort()
  const onKey = (_: string | undefined, key: { ctrl?: boolean; name?: string } | undefined) => {
    if (key?.ctrl === true && key.name === 'd') end()
  }
  stdin.on('keypress', onKey).once('end', end)
  try {
    return await ask(AbortSignal.any([signal, ended.signal]))
  } finally {
    stdin.off('keypress', onKey).off('end', end)
  }
}
