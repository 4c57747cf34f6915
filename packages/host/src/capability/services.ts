import { rmSync } from 'node:fs'
import { errors } from '../errors/capability-codes.js'
import type { Gate } from './gate.js'
import type { GrantSet } from './grant-set.js'
import type { FieldList, HttpEvent, RequestHead } from './net/http-protocol.js'
import { HttpService } from './net/http-service.js'
import type { Lookup } from './net/resolve.js'

export interface ServicesContext {
  readonly plugin: string
  readonly grants: GrantSet
  readonly gate: Gate
  /** How names are resolved. @default the system's resolver */
  readonly lookup?: Lookup
}

export type ServiceHandler = (args: unknown[]) => Promise<unknown>

export interface Services {
  /** By the names that `ServiceCaller.call` uses. Null-prototype. */
  readonly handlers: Readonly<Record<string, ServiceHandler>>
  /** Ends every connection and removes scratch directories. */
  close(): void
}

/** What plugins ask of the host's thread, because it is asynchronous. Lives as long as the plugin. */
export function createServices({ grants, gate, lookup }: ServicesContext): Services {
  const http = new HttpService({ net: grants.net, gate, lookup })
  // The other end is `wasi/http` of this package, so the arguments have the types that it sends.
  const handlers: Record<string, ServiceHandler> = Object.assign(Object.create(null), {
    'http.open': async ([head]) => http.open(head as RequestHead),
    'http.write': ([id, bytes]) => http.write(id as number, bytes as Uint8Array),
    'http.end': ([id, trailers]) => http.end(id as number, trailers as FieldList),
    'http.response': ([id]) => http.response(id as number),
    'http.read': ([id, max, wait]) => http.read(id as number, max as number, wait as boolean),
    'http.trailers': ([id]) => http.trailers(id as number),
    'http.ready': async ([id, event]) => http.isReady(id as number, event as HttpEvent),
    'http.close': async ([id]) => http.close(id as number),
    'io.wait': ([waits, ms]) => waitForAny(http, waits as [number, HttpEvent][], ms as number | null),
  } satisfies Record<string, ServiceHandler>)
  return {
    handlers: Object.freeze(handlers),
    close() {
      http.closeAll()
      for (const { scratch, path } of grants.fs) if (scratch) rmSync(path, { recursive: true, force: true })
    },
  }
}

/** Resolves when one of `waits` is ready, or after `ms`. */
async function waitForAny(
  http: HttpService,
  waits: readonly [number, HttpEvent][],
  ms: number | null,
): Promise<void> {
  const done = new AbortController()
  const timer = ms === null ? undefined : setTimeout(() => done.abort(), Math.min(ms, 2 ** 31 - 1))
  try {
    await Promise.race(waits.map(([id, event]) => http.whenReady(id, event, done.signal)))
  } finally {
    clearTimeout(timer)
    done.abort()
  }
}

/** For a plugin without a host's thread to ask. */
export const noServices = {
  call(service: string): never {
    throw errors.SERVICE_UNAVAILABLE({ service })
  },
}
