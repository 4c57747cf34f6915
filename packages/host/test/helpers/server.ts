import { existsSync, readFileSync } from 'node:fs'
import {
  createHost,
  type HandleOptions,
  type Host,
  type HttpRequest,
  type HttpResponse,
  type InlineLoadOptions,
  type InlinePlugin,
  type Plugin,
  PluginError,
  type ThreadLoadOptions,
} from '@wasm-plugin/host'
import { onTestFinished } from 'vitest'

const file = new URL('../guests/server/dist/server.wasm', import.meta.url)

/** This machine cannot build Rust plugins, so tests with one are skipped; in CI the build of the guests has failed. */
export const noRust = !existsSync(file)

/** The guest that answers requests, well and badly. */
export const server = (): Uint8Array => readFileSync(file)

export interface Asked {
  readonly status: number
  readonly headers: HttpResponse['headers']
  readonly text: string
  readonly trailers: HttpResponse['headers']
}

export interface LoadedServer<P = Plugin> {
  readonly host: Host
  readonly plugin: P
  /** The whole answer, or the code of the failure; where the head was there already, `after 200: CODE`. */
  ask(request: string | HttpRequest, options?: HandleOptions): Promise<Asked | string>
  /** The body alone. */
  text(request: string | HttpRequest, options?: HandleOptions): Promise<string>
}

/** Loads the guest into a host of its own, which is closed after the test. */
export async function loadServer(options: ThreadLoadOptions = {}): Promise<LoadedServer> {
  const host = await createHost()
  onTestFinished(() => host.close())
  const plugin = await host.load(server(), {
    name: 'server',
    ...options,
    limits: { timeoutMs: 60_000, startMs: 60_000, ...options.limits },
  })
  return askable(host, plugin)
}

/** The same in the application's thread. */
export async function loadInlineServer(
  options: Omit<InlineLoadOptions, 'isolation'> = {},
): Promise<LoadedServer<InlinePlugin>> {
  const host = await createHost()
  onTestFinished(() => host.close())
  const plugin = await host.load(server(), { name: 'server', ...options, isolation: 'inline' })
  return askable(host, plugin)
}

function askable<P extends Plugin | InlinePlugin>(host: Host, plugin: P): LoadedServer<P> {
  const ask = async (request: string | HttpRequest, options?: HandleOptions) =>
    await wholeAnswer(() => plugin.handle(typeof request === 'string' ? { path: request } : request, options))
  const text = async (request: string | HttpRequest, options?: HandleOptions) => {
    const answer = await ask(request, options)
    return typeof answer === 'string' ? answer : answer.text
  }
  return { host, plugin, ask, text }
}

async function wholeAnswer(handle: () => Promise<HttpResponse>): Promise<Asked | string> {
  let status: number | undefined
  try {
    const response = await handle()
    status = response.status
    const text = await textOf(response.body)
    return { status, headers: response.headers, text, trailers: response.trailers() }
  } catch (error) {
    if (!PluginError.is(error)) throw error
    return status === undefined ? error.code : `after ${status}: ${error.code}`
  }
}

export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const bytes of body) text += decoder.decode(bytes, { stream: true })
  return text
}
