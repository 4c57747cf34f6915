import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { runCli } from './run-cli.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of the built fixture project: `dist/kitchen.wasm`, and its contract in `wit/`. */
    kitchen: string
  }
}

/** Builds `test/fixtures/kitchen` once, with the command under test. */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kitchen-'))
  cpSync(fileURLToPath(new URL('../fixtures/kitchen', import.meta.url)), folder, { recursive: true })
  // The workspace has the compiler as a dependency of the SDK; a project has one of its own.
  symlinkSync(
    fileURLToPath(new URL('../../../plugin-sdk/node_modules', import.meta.url)),
    path.join(folder, 'node_modules'),
  )
  const { exitCode, stderr } = await runCli(['build'], { cwd: folder })
  if (exitCode !== 0) throw new Error(`the fixture does not build:\n${stderr}`)
  project.provide('kitchen', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
