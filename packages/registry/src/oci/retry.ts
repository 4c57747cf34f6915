import { setTimeout as sleep } from 'node:timers/promises'
import type { RetryRules } from './options.js'
import type { Answer } from './wire.js'

/** Whether the same request may succeed later. */
export function isBusy({ status }: Answer): boolean {
  return status === 429 || status === 408 || (status >= 500 && status !== 501 && status !== 505)
}

/** Whether a connection that failed so may work the next time. */
export function isPassing(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException
  return PASSING.has(code ?? '')
}

/** Milliseconds before try number `attempt`, the first of which is 1; `undefined` if that is longer than anybody waits. */
export function pauseOf(attempt: number, { baseMs, maxMs }: RetryRules, answer?: Answer): number | undefined {
  const asked = retryAfter(answer?.headers['retry-after'])
  if (asked !== undefined) return asked <= maxMs ? asked : undefined
  return Math.min(baseMs * 2 ** (attempt - 1) * (0.5 + Math.random()), maxMs)
}

export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal && { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

/** Seconds or a date. */
function retryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

const PASSING = new Set([
  'ECONNRESET',
  'EPIPE',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])
