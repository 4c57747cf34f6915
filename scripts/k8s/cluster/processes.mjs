import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as after } from 'node:timers/promises'

const PAUSE_MS = 100
const LINES = 15

/** What runs in the background, each with a log. */
export class Processes {
  #logs
  #env

  constructor({ logs, env }) {
    this.#logs = logs
    this.#env = env
  }

  /** Starts one, and waits until it is ready, by what `isReady` finds. */
  async start(command, args, isReady) {
    const name = path.basename(command)
    const log = openSync(path.join(this.#logs, `${name}.log`), 'w')
    const child = spawn(command, args, { stdio: ['ignore', log, log], env: this.#env })
    child.on('error', (error) => Object.assign(child, { reason: error.message }))
    await until(`${name} is ready`, async () => {
      if (child.reason !== undefined || child.exitCode !== null)
        throw new Fatal(`${name} ended with ${child.reason ?? child.exitCode}: see ${name}.log`)
      return await isReady()
    })
  }
}

class Fatal extends Error {}

/** Asks again and again; gives what is not `undefined` or `false` at last. A question that fails is asked again. */
export async function until(what, ask, { seconds = 60 } = {}) {
  const end = performance.now() + seconds * 1000
  let last
  while (performance.now() < end) {
    try {
      const found = await ask()
      if (found !== undefined && found !== false) return found
      last = undefined
    } catch (error) {
      if (error instanceof Fatal) throw error
      last = error
    }
    await after(PAUSE_MS)
  }
  const reason = last === undefined ? '' : `: ${last.message.trimEnd().split('\n').slice(-LINES).join('\n')}`
  throw new Error(`after ${seconds} s it is not so that ${what}${reason}`)
}
