import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import {
  type AccessEntry,
  createGateway,
  type Gateway,
  type GatewayOptions,
  type Listening,
  listen,
} from '@wasm-plugin/gateway'
import { createHost, type Host } from '@wasm-plugin/host'
import { onTestFinished } from 'vitest'

const file = new URL('../../../host/test/guests/server/dist/server.wasm', import.meta.url)

/** This machine cannot build Rust plugins, so tests with one are skipped; in CI the build of the guests has failed. */
export const noRust = !existsSync(file)

/** The guest that answers requests, well and badly. */
export const server = (): Uint8Array => readFileSync(file)

export interface Served {
  readonly host: Host
  readonly gateway: Gateway
  readonly listening: Listening
  readonly url: string
  readonly port: number
  readonly log: AccessEntry[]
  /** Resolves when so many requests are in the log. */
  logged(count: number): Promise<void>
}

/** A gateway that listens on a port of this machine, until the test ends. */
export async function serve(
  options: Omit<GatewayOptions, 'host'> & Partial<GatewayOptions>,
  how = {},
): Promise<Served> {
  const host = options.host ?? (await createHost({ limits: { timeoutMs: 60_000, startMs: 60_000 } }))
  const log: AccessEntry[] = []
  const waiting = new Set<() => void>()
  const onAnswered = (entry: AccessEntry) => {
    log.push(entry)
    for (const look of waiting) look()
  }
  const gateway = await createGateway({ host, onAnswered, ...options })
  const listening = await listen(gateway, [{ port: 0, host: '127.0.0.1' }], how)
  onTestFinished(async () => {
    await listening.close()
    await host.close()
  })
  const [url = ''] = listening.addresses
  const logged = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (log.length >= count) resolve()
      }
      waiting.add(look)
      look()
    })
  return { host, gateway, listening, url, port: Number(new URL(url).port), log, logged }
}

/** Sends bytes as they are, and answers what came back until the other side closed. */
export function raw(port: number, ...texts: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (text) => {
      answer += text
    })
    socket.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(answer) : reject(error),
    )
    socket.once('close', () => resolve(answer))
    socket.once('connect', () => {
      for (const text of texts) socket.write(text, 'latin1')
    })
  })
}
