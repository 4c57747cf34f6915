import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe } from 'vitest'
import { testFolder } from '../helpers/folders.js'

/** A tool of others: gives what it writes to stdout. */
export type Tool = (args: readonly string[], options?: ToolOptions) => Promise<Buffer>

export interface ToolOptions {
  readonly cwd?: string
  readonly env?: Record<string, string>
}

/** As `scripts/interop.mjs` found it. */
interface Found {
  readonly name: string
  readonly file?: string
  /** Why it is not there. */
  readonly reason?: string
}

const text = process.env.WASM_PLUGIN_INTEROP
if (text === undefined) throw new Error('these tests run by `npm run test:interop`, which builds the tools')
const found = JSON.parse(text) as Found[]

const run = promisify(execFile)
/** Whatever is not on this machine cannot be reached: nobody listens there. */
const OFFLINE = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' }
const MAX_OUTPUT = 64 << 20

/** Where the executable of a tool is, or why there is none. */
export function fileOf(name: string): { file?: string; reason?: string } {
  return found.find((one) => one.name === name) ?? { reason: 'npm run test:interop does not know it' }
}

/** Tests with a tool; one that could not be built is skipped by name, with the reason. */
export function describeWith(name: string, tests: (tool: Tool) => void): void {
  const { file, reason } = fileOf(name)
  if (file === undefined) describe.skip(`${name} (${reason})`, () => tests(unreachable))
  else describe(name, () => tests(toolOf(file)))
}

/** A tool at home in an empty folder: no login and no configuration of whoever runs the tests. */
function toolOf(file: string): Tool {
  return async (args, { cwd, env = {} } = {}) => {
    const home = testFolder()
    const own = { HOME: home, XDG_CONFIG_HOME: home, DOCKER_CONFIG: home, ...OFFLINE, ...env }
    const { stdout } = await run(file, args, {
      cwd: cwd ?? home,
      env: { PATH: process.env.PATH, ...own },
      encoding: 'buffer',
      maxBuffer: MAX_OUTPUT,
    })
    return stdout
  }
}

async function unreachable(): Promise<never> {
  throw new Error('the tool is not there')
}
