import { signal } from '@preact/signals'
import type { Ask, Detail, ShownError, Told } from '../protocol.js'

/** `refused`: the token is not that of this window, and no other try helps. */
export type Connection = 'connecting' | 'open' | 'lost' | 'refused'

export const connection = signal<Connection>('connecting')

/** Behind the `#`, which no server is sent, and taken off the address; kept for when the page is loaded again. */
const token = (() => {
  const given = location.hash.slice(1)
  if (given !== '') {
    sessionStorage.setItem('token', given)
    history.replaceState(null, '', '/')
  }
  return given || (sessionStorage.getItem('token') ?? '')
})()

/** Whether there is any. */
export const hasToken = token !== ''

// An address that is pasted into this page loads nothing by itself.
addEventListener('hashchange', () => location.reload())

const headers = { authorization: `Bearer ${token}` }

/** What the server refused, with its code. */
export class Refused extends Error {
  readonly shown: ShownError
  constructor(shown: ShownError) {
    super(shown.message)
    this.shown = shown
  }
}

/** Hears what happens, for as long as the page is there. */
export async function watch(take: (told: Told) => void): Promise<never> {
  for (let tries = 0; ; tries++) {
    try {
      const response = await fetch('/events', { headers })
      if (response.status === 401 || response.status === 403) {
        connection.value = 'refused'
        return await new Promise<never>(() => {})
      }
      if (response.ok && response.body !== null) {
        tries = 0
        connection.value = 'open'
        await eachLine(response.body, (line) => take(JSON.parse(line) as Told))
      }
    } catch {
      // The application has ended, or begins again.
    }
    connection.value = 'lost'
    await new Promise((resolve) => setTimeout(resolve, Math.min(10_000, 500 * 2 ** tries)))
  }
}

async function eachLine(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (line: string) => void,
): Promise<void> {
  let rest = ''
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const lines = (rest + read.value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  }
}

/** The plugin as it is, or as it is after a lever. @throws {Refused} */
export async function ask(what: Ask, asked: { plugin: number } & Record<string, unknown>): Promise<Detail> {
  const body = JSON.stringify(asked)
  return (await answered(fetch(`/${what}`, post('application/json', body)))).json()
}

/** @throws {Refused} */
export async function update(plugin: number, file: File): Promise<Detail> {
  return (await answered(fetch(`/update?plugin=${plugin}`, post('application/wasm', file)))).json()
}

/** @throws {Refused} */
export async function recording(plugin: number): Promise<Blob> {
  const body = JSON.stringify({ plugin })
  return (await answered(fetch('/recording', post('application/json', body)))).blob()
}

function post(type: string, body: BodyInit): RequestInit {
  return { method: 'POST', headers: { ...headers, 'content-type': type }, body }
}

async function answered(asked: Promise<Response>): Promise<Response> {
  const response = await asked
  if (response.ok) return response
  const { error } = (await response.json()) as { error: ShownError }
  throw new Refused(error)
}
