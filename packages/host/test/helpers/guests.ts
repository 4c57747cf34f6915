import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import {
  ComponentError,
  createHost,
  type Host,
  type Plugin,
  PluginError,
  type ThreadLoadOptions,
} from '@wasm-plugin/host'
import { onTestFinished } from 'vitest'

/** Assembles `test/guests/<name>.wat`. */
export async function guest(name: string): Promise<Uint8Array> {
  return assemble(await readFile(new URL(`../guests/${name}.wat`, import.meta.url), 'utf8'))
}

/** Assembles a component or module given as text. */
export async function assemble(text: string): Promise<Uint8Array> {
  return new Uint8Array(await parse(text))
}

/** The languages that `test/guests/build.mjs` has a program in. */
export type GuestLanguage = 'assemblyscript' | 'c' | 'javascript' | 'rust'

const fileOf = (language: GuestLanguage) =>
  fileURLToPath(new URL(`../guests/${language}/dist/${language}.wasm`, import.meta.url))

/** False where the toolchain is missing; in CI the build of the guests has failed then. */
export const isBuilt = (language: GuestLanguage) => existsSync(fileOf(language))

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

/** The guest in Rust in the application's own thread. */
export async function addInline(host: Host) {
  const plugin = await host.load(fileOf('rust'), { name: 'inline', isolation: 'inline' })
  return (operation: string, ...args: string[]) =>
    outcomeOf(
      (async () => {
        const { run } = (plugin.exports as Record<string, Record<string, (...args: unknown[]) => unknown>>)[
          'test:guest/program'
        ] as { run: (operation: string, args: string[]) => unknown }
        return run(operation, args)
      })(),
    )
}
