import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { version } from '#internal'

const BIN = fileURLToPath(new URL('../bin/wasm-plugin.js', import.meta.url))

/** Names every module that a run of the command loads, on stderr. */
const HOOKS = `import { writeSync } from 'node:fs'
export async function load(url, context, next) { writeSync(2, url + '\\n'); return next(url, context) }`
const REGISTER = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(HOOKS))})`

function dataUrl(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`
}

async function start(...argv: string[]): Promise<{ stdout: string; modules: string[] }> {
  const run = promisify(execFile)
  const { stdout, stderr } = await run(process.execPath, ['--import', dataUrl(REGISTER), BIN, ...argv])
  return { stdout, modules: stderr.split('\n').filter((line) => line.startsWith('file:')) }
}

describe('a start of the command', () => {
  it('loads nothing for --version', async () => {
    const { stdout, modules } = await start('--version')
    expect(stdout).toBe(`${version()}\n`)
    expect(modules.filter((url) => !url.includes('/packages/cli/'))).toEqual([])
  })

  it('loads the errors and how text is shown for --help, and neither compilers nor sandbox nor any package from elsewhere', async () => {
    const { stdout, modules } = await start('--help')
    expect(stdout).toContain('Usage:')
    const others = modules.filter((url) => !url.includes('/packages/cli/dist/'))
    const ofRuntime = others.filter((url) => url.includes('/packages/runtime/dist/'))
    expect(others.filter((url) => !/\/cli\/bin\/|\/runtime\/dist\//.test(url))).toEqual([])
    // What they share is in files without a name; the rest of the runtime is twenty times as much.
    const sizes = await Promise.all(ofRuntime.map((url) => stat(new URL(url))))
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(20_000)
  })
})
