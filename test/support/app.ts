import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../..', import.meta.url))

const APP = path.join(root, 'examples/node-app/dist/main.js')

export interface AppRun {
  readonly stdout: string
  readonly stderr: string
}

/** Runs the example app as its user does. Rejects when it fails. */
export function runApp(...args: string[]): Promise<AppRun> {
  return runAppWith([], ...args)
}

/** The same with options of Node. */
export function runAppWith(flags: readonly string[], ...args: string[]): Promise<AppRun> {
  return promisify(execFile)(process.execPath, [...flags, APP, ...args], { cwd: root, maxBuffer: 1 << 24 })
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wasm-plugin-test-'))
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
