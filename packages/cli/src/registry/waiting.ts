import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Waiting } from '@wasm-plugin/registry'
import type { Progress } from '../command.js'

/** `WAITING_CHANNEL` of the registry, which is not loaded before a command needs it. */
const CHANNEL = 'wasm-plugin:registry:waiting'

/** Runs a command, and says meanwhile who has a folder or a file that it waits for. */
export async function tellingWaits<T>(progress: Progress, run: () => Promise<T>): Promise<T> {
  const tell = (message: unknown) => {
    const { holder, file } = message as Waiting
    progress.status('Waiting', `for ${holder}, which has ${file}`)
  }
  subscribe(CHANNEL, tell)
  try {
    return await run()
  } finally {
    unsubscribe(CHANNEL, tell)
  }
}
