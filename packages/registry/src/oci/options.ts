import type { Credentials } from './credentials.js'

export interface OciOptions {
  /** A function is called when the registry asks for them, once. */
  readonly credentials?: Credentials | (() => Promise<Credentials | undefined>) | undefined
  /** Whether to speak http. A registry on this machine does unless this is false, any other only if it is true. */
  readonly plainHttp?: boolean | undefined
  /** Certificates in PEM of authorities that are trusted beside those that Node trusts. */
  readonly ca?: string | undefined
  /** Where proxies are read from. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  readonly timeouts?: Partial<Timeouts> | undefined
  readonly retry?: Partial<RetryRules> | undefined
  /** Bytes that are uploaded by one request. Default: all of a blob, unless the registry wants less. */
  readonly chunkBytes?: number | undefined
}

export interface Timeouts {
  /** Until there is a connection. Default: 10 s. */
  readonly connectMs: number
  /** Until an answer begins, of a request that writes five times that. Not tried again. Default: 30 s. */
  readonly answerMs: number
  /** Between two pieces of an answer, and in which at least a kilobyte for each second has to come. Default: 30 s. */
  readonly idleMs: number
}

export interface RetryRules {
  /** Tries of one request. Default: 5. */
  readonly attempts: number
  /** The pause before the second, doubled for each that follows. Default: 250 ms. */
  readonly baseMs: number
  /** The longest pause that a registry may ask for. Default: 60 s. */
  readonly maxMs: number
}

export const TIMEOUTS: Timeouts = { connectMs: 10_000, answerMs: 30_000, idleMs: 30_000 }
export const RETRY: RetryRules = { attempts: 5, baseMs: 250, maxMs: 60_000 }
