import { Agent, request } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import { until } from './cluster/processes.mjs'

/** Requests at a time: half of them on connections that stay, half each on its own. */
const AT_ONCE = 8
const PAUSE_MS = 10
const TIMEOUT_MS = 30_000

/**
 * Asks a URL again and again while `step` runs and a little longer.
 *
 * @returns how many answers there were of each text, and what went wrong
 */
export async function underLoad(url, step) {
  const kept = new Agent({ keepAlive: true, maxSockets: AT_ONCE / 2 })
  const answers = {}
  const failures = []
  let running = true
  const asking = Array.from({ length: AT_ONCE }, async (_, i) => {
    const agent = i % 2 === 0 ? kept : false
    while (running) {
      const text = await askAgain(url, agent).catch((error) => void failures.push(error.message))
      if (text !== undefined) answers[text] = (answers[text] ?? 0) + 1
      await after(PAUSE_MS)
    }
  })
  try {
    await step()
    await after(1_000)
  } finally {
    running = false
    await Promise.all(asking)
    kept.destroy()
  }
  const requests = Object.values(answers).reduce((sum, count) => sum + count, failures.length)
  return { answers, failures, requests }
}

/**
 * A server may end a connection that stays just when it is used again: whoever keeps connections asks once more then, as proxies
 * and browsers do.
 */
async function askAgain(url, agent) {
  try {
    return await ask(url, { agent })
  } catch (error) {
    if (!error.wasKept || error.code !== 'ECONNRESET') throw error
    return await ask(url)
  }
}

/** The text of an answer with status 200. */
export function ask(url, { agent = false } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, timeout: TIMEOUT_MS }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece
      })
      response.once('error', reject)
      response.once('end', () => {
        if (response.statusCode === 200) resolve(text.trim())
        else reject(new Error(`status ${response.statusCode}: ${text.slice(0, 200)}`))
      })
    })
    asked.once('timeout', () => asked.destroy(new Error('no answer in time')))
    asked.once('error', (error) => reject(Object.assign(error, { wasKept: asked.reusedSocket })))
    asked.end()
  })
}

/** The first answer of a Service: a moment goes by between pods that are ready and a way to them. */
export const answering = (url) =>
  until('the Service leads to somebody who answers', async () => await ask(await url()), { seconds: 20 })

/** @throws if anything failed, with how often and why */
export function allAnswered({ failures, requests }) {
  if (failures.length === 0) return
  const kinds = [...new Set(failures)].slice(0, 5).join('; ')
  throw new Error(`${failures.length} of ${requests} requests failed: ${kinds}`)
}
