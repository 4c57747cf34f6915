import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'

const inRoot = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url))
/** The toolchain that the set-up of the repository found comes first. */
const env = { ...process.env, PATH: `${inRoot('.cache/rust-bin')}${delimiter}${process.env.PATH}` }
const TARGET = ['--target', 'wasm32-wasip2']

const answer = spawnSync('rustc', ['--print', 'target-libdir', ...TARGET], { env })

/** This machine cannot build Rust plugins, so tests with one are skipped; in CI that is a failure. */
export const noRust = answer.status !== 0 && process.env.CI !== 'true'

/** Builds `test/guests/keeper` where it changed. Its exports: `test:keeper/keeping#run`. */
export function keeper(): Uint8Array {
  // The example needs the same crates: built once for both.
  const target = inRoot('examples/rust-plugin/target')
  execFileSync('cargo', ['build', '--release', '--locked', ...TARGET], {
    cwd: inRoot('packages/host/test/guests/keeper'),
    env: { ...env, CARGO_TARGET_DIR: target },
    stdio: 'pipe',
  })
  return readFileSync(`${target}/wasm32-wasip2/release/keeper.wasm`)
}

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
