import { existsSync, readFileSync } from 'node:fs'

const file = new URL('../guests/keeper/dist/keeper.wasm', import.meta.url)

/** This machine cannot build Rust plugins, so tests with one are skipped; in CI the build of the guests has failed. */
export const noRust = !existsSync(file)

/** The guest that keeps things open from one call to the next. Its export: `test:keeper/keeping#run`. */
export const keeper = (): Uint8Array => readFileSync(file)

/** The guest's function, with the error of its `result` as text that starts with `error: `. */
export function runs(exports: Record<string, { run(op: string, args: string[]): unknown }>) {
  return async (operation: string, ...args: string[]): Promise<string> => {
    try {
      return String(await exports['test:keeper/keeping']?.run(operation, args))
    } catch (error) {
      if (typeof (error as { payload?: unknown }).payload !== 'string') throw error
      return `error: ${(error as { payload: string }).payload}`
    }
  }
}
