import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answered, Place } from './scripts.js'
import { temporaryFolder } from './temporary-folder.js'

const DRIVER = fileURLToPath(new URL('../wasmtime/run.py', import.meta.url))

/** Folder of the Python package, which `npm test` installs. */
const PACKAGE = fileURLToPath(new URL('../../../.cache/wasmtime', import.meta.url))

export const wasmtimeInstalled = existsSync(PACKAGE)

export const wasmtime: Place = {
  name: 'wasmtime',
  async run(component, scripts) {
    await using folder = await temporaryFolder()
    const file = path.join(folder.path, 'component.wasm')
    await writeFile(file, component)
    return (await drive({ component: file, scripts })) as Answered[][]
  },
}

export interface WasiRun {
  readonly call: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly dirs: readonly { path: string; at: string; access: 'read' | 'read-write' }[]
  /** File that gets what the component prints. */
  readonly stdout: string
}

/** Calls one function of a component under WASI grants. */
export async function runWithWasi(component: string, wasi: WasiRun): Promise<void> {
  await drive({ component, wasi })
}

function drive(request: unknown): Promise<unknown> {
  const env = { ...process.env, PYTHONPATH: PACKAGE, PYTHONDONTWRITEBYTECODE: '1' }
  const child = spawn('python3', [DRIVER], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text
    })
  child.stdin.end(JSON.stringify(request))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(texts.stdout))
      else reject(new Error(`wasmtime ended with ${code}: ${texts.stderr.slice(-2_000)}`))
    })
  })
}
