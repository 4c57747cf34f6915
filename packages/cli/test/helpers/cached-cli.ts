import path from 'node:path'
import { expect } from 'vitest'
import { type CliWorld, runCli, runJson } from './run-cli.js'

/** With a cache of its own. */
export function at(world: CliWorld): CliWorld {
  return { ...world, env: { XDG_CACHE_HOME: path.join(world.cwd ?? '', 'cache'), ...world.env } }
}

/** What a command that ends well prints. */
export async function done(argv: readonly string[], world: CliWorld): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(argv, at(world))
  expect(exitCode, stderr).toBe(0)
  return stdout + stderr
}

/** What it answers with `--json`. */
export async function resultOf(argv: readonly string[], world: CliWorld) {
  const { document } = await runJson(argv, at(world))
  expect(document.error).toBeUndefined()
  return document.result
}
