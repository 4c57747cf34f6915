import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { linkModules } from './project.js'
import { runCli } from './run-cli.js'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const GUIDE = readFileSync(path.join(ROOT, 'docs/serve.md'), 'utf8')

/** The block of the guide that has this after its fence. */
export function block(kind: string): string {
  return new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, 'ms').exec(GUIDE)?.[1] ?? ''
}

/** The project of the guide in a folder of its own, built: `dist/hello.wasm` answers requests. */
export async function buildServed(manifest: object = {}): Promise<string> {
  const dir = mkdtempSync(path.join(tmpdir(), 'served-'))
  mkdirSync(path.join(dir, 'wit'))
  mkdirSync(path.join(dir, 'assembly'))
  const deps = path.join(ROOT, 'wit/deps')
  for (const name of readdirSync(deps).filter((entry) => entry.startsWith('wasi-')))
    cpSync(path.join(deps, name), path.join(dir, 'wit/deps', name), { recursive: true })
  writeFileSync(path.join(dir, 'wit/world.wit'), block('wit'))
  writeFileSync(path.join(dir, 'assembly/index.ts'), block('ts assemblyscript server'))
  const build = { language: 'assemblyscript', wit: 'wit', world: 'site' }
  const project = {
    manifestVersion: 1,
    name: 'hello',
    version: '0.1.0',
    capabilities: {},
    build,
    ...manifest,
  }
  writeFileSync(path.join(dir, 'wasm-plugin.json'), JSON.stringify(project))
  linkModules(dir)
  const { exitCode, stderr } = await runCli(['build'], { cwd: dir })
  expect(exitCode, stderr).toBe(0)
  return dir
}
