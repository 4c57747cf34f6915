import { type IncomingHttpHeaders, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createHost, type Host, type Plugin, type ThreadLoadOptions } from '@wasm-plugin/host'
import { type Inspector, type InspectorOptions, openInspector } from '@wasm-plugin/inspector'
import { onTestFinished } from 'vitest'
import type { Told } from '#internal'

/** A plugin whose manifest asks for files below /data, HTTP on this machine, and the variable GREETING. */
const asking = fileURLToPath(
  new URL('../../host/test/guests/assemblyscript/dist/assemblyscript.wasm', import.meta.url),
)

export interface Opened {
  readonly host: Host
  readonly inspector: Inspector
  readonly port: number
  readonly token: string
}

/** A host with a window, both closed after the test. */
export async function opened(options?: InspectorOptions): Promise<Opened> {
  const host = await createHost({ limits: { timeoutMs: 60_000, startMs: 60_000 } })
  const inspector = await openInspector(host, options)
  onTestFinished(async () => {
    await inspector.close()
    await host.close()
  })
  const { port, hash } = new URL(inspector.url)
  return { host, inspector, port: Number(port), token: hash.slice(1) }
}

export async function load(host: Host, options: ThreadLoadOptions = {}) {
  const plugin: Plugin = await host.load(asking, options)
  /** What came of one operation, failures included. */
  const run = (operation: string, ...args: string[]) =>
    plugin.call('test:guest/program#run', [operation, args]).catch((error: unknown) => error)
  return { plugin, run }
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: () => { error?: { code: string } } & Record<string, unknown>
}

interface Asking {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array
}

/** Asks a port of this machine, with any fields. */
export function askRaw(port: number, path: string, { method = 'GET', headers = {}, body }: Asking = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      const text = Buffer.concat(chunks).toString('utf8')
      const { statusCode: status = 0, headers: fields } = response
      resolve({ status, headers: fields, text, json: () => JSON.parse(text) })
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

/** The same as the page does. */
export function ask({ port, token }: Opened, path: string, asked: unknown = {}, headers = {}) {
  return askRaw(port, path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(asked),
  })
}

/** What a page is told, until the answer is called. */
export async function watching({ port, token }: Opened) {
  const ending = new AbortController()
  const response = await fetch(`http://127.0.0.1:${port}/events`, {
    headers: { authorization: `Bearer ${token}` },
    signal: ending.signal,
  })
  const told: Told[] = []
  const waiting = new Set<() => void>()
  const read = async () => {
    let rest = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) told.push(JSON.parse(line))
      for (const look of waiting) look()
    }
  }
  const over = read().catch(() => {})
  onTestFinished(() => ending.abort())
  return {
    response,
    told,
    /** Resolves when what was told is as wanted. */
    until: (isSo: (told: readonly Told[]) => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!isSo(told)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    async end() {
      ending.abort()
      await over
    },
  }
}
