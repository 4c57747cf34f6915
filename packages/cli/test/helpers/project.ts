import { mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCli } from './run-cli.js'
import { tempDir } from './temp-dir.js'

const PACKAGES = fileURLToPath(new URL('../../../', import.meta.url))

/** What `npm install` would bring to a project: the packages of this repository, and compilers and runners from npm. */
const MODULES: Readonly<Record<string, string>> = {
  '@wasm-plugin/cli': 'cli',
  '@wasm-plugin/host': 'host',
  '@wasm-plugin/manifest': 'manifest',
  '@wasm-plugin/sdk': 'plugin-sdk',
  assemblyscript: 'plugin-sdk/node_modules/assemblyscript',
  vitest: '../node_modules/vitest',
}

export function linkModules(dir: string): void {
  for (const [name, target] of Object.entries(MODULES)) {
    const link = path.join(dir, 'node_modules', name)
    mkdirSync(path.dirname(link), { recursive: true })
    symlinkSync(path.join(PACKAGES, target), link)
  }
}

/** A new project with the greeter, installed but not built. */
export async function newProject(lang: string): Promise<string> {
  const cwd = tempDir()
  const { exitCode, stderr } = await runCli(['new', 'hello', '--lang', lang], { cwd })
  if (exitCode !== 0) throw new Error(stderr)
  const dir = path.join(cwd, 'hello')
  linkModules(dir)
  return dir
}
