import {
  ComponentError,
  createHost,
  type Host,
  type Plugin,
  PluginError,
  type ThreadLoadOptions,
} from '@wasm-plugin/web'
import { onTestFinished } from 'vitest'
import { commands } from 'vitest/browser'

/** What the server of the page does for a test, see `vitest.config.ts`. */
const server = commands as unknown as {
  assemble(text: string): Promise<number[]>
  guestText(name: string): Promise<string>
  isBuilt(file: string): Promise<boolean>
}

/** Assembles `packages/host/test/guests/<name>.wat`. */
export async function guest(name: string): Promise<Uint8Array> {
  return assemble(await server.guestText(name))
}

/** Assembles a component or module given as text. */
export async function assemble(text: string): Promise<Uint8Array> {
  return new Uint8Array(await server.assemble(text))
}

export type GuestLanguage = 'assemblyscript' | 'c' | 'javascript' | 'rust'

const languages = ['assemblyscript', 'c', 'javascript', 'rust'] as const
const built = new Map(
  await Promise.all(
    languages.map(async (name) => [name, await server.isBuilt(`${name}/dist/${name}.wasm`)] as const),
  ),
)

/** Where the page finds a guest. */
export const fileOf = (language: string) =>
  new URL(`../../../host/test/guests/${language}/dist/${language}.wasm`, import.meta.url).href

/** False where the toolchain is missing; in CI the build of the guests has failed then. */
export const isBuilt = (language: GuestLanguage) => built.get(language) === true

export interface LoadedGuest {
  readonly plugin: Plugin
  readonly host: Host
  /** Does one thing; see `outcomeOf`. */
  run(operation: string, ...args: string[]): Promise<string>
}

/** Loads a guest of `test/guests` into a host of its own, which is closed after the test. */
export async function loadGuest(
  language: GuestLanguage,
  options: ThreadLoadOptions = {},
): Promise<LoadedGuest> {
  const host = await createHost()
  onTestFinished(() => host.close())
  return addGuest(host, language, options)
}

export async function addGuest(
  host: Host,
  language: GuestLanguage,
  options: ThreadLoadOptions = {},
): Promise<LoadedGuest> {
  const plugin = await host.load(fileOf(language), {
    ...options,
    // A loaded machine is slow, and a plugin that waits for a deadline says so.
    limits: { timeoutMs: 60_000, startMs: 60_000, ...options.limits },
  })
  const run = (operation: string, ...args: string[]) =>
    outcomeOf(plugin.call('test:guest/program#run', [operation, args]))
  return { plugin, host, run }
}

/** What came of a call in one word: the answer, `!name` for the error of WASI, or the code of a fault. */
export async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    return String(await call)
  } catch (error) {
    if (ComponentError.is(error)) return `!${error.payload}`
    if (PluginError.is(error)) return error.code
    throw error
  }
}
