import { rm } from 'node:fs/promises'
import { inRoot } from './paths.mjs'
import { timed, warn } from './report.mjs'
import { run, succeeds } from './run.mjs'
import { unlessDone } from './stamps.mjs'

/** The second opinion of `test/conformance`: wasmtime's Python package, in a folder that its tests know. */
const FOLDER = inRoot('.cache/wasmtime')
const REQUIREMENTS = inRoot('test/conformance/wasmtime/requirements.txt')

/** Installs wasmtime where that is possible. Without it the tests that need it say so; in CI that is a failure. */
export async function setUpWasmtime() {
  const reason = await install()
  if (reason === undefined) return
  if (process.env.CI === 'true') throw new Error(`no wasmtime: ${reason}`)
  warn('No wasmtime', `${reason}; answers are not compared with it`)
}

async function install() {
  const python = (await run('python3', ['-V']).catch(() => '')).trim()
  const [, minor = '0'] = /^Python 3\.(\d+)/.exec(python) ?? []
  if (Number(minor) < 10) return 'install Python 3.10 or later'
  if (!(await hasPip())) return 'install pip (`sudo apt-get install python3-pip`)'
  try {
    await unlessDone(
      'wasmtime',
      { inputs: { paths: [REQUIREMENTS], values: [python] }, results: [`${FOLDER}/wasmtime`] },
      () => timed('Installing', 'wasmtime with pip', () => download()),
    )
  } catch (error) {
    return `pip could not install it (${error.message.split('\n').at(-1)})`
  }
  return undefined
}

async function hasPip() {
  if (await succeeds('python3', ['-m', 'pip', '--version'])) return true
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  return (
    process.getuid?.() === 0 &&
    (await succeeds('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'python3-pip'], { env }))
  )
}

/** Into a folder of the repository: no virtual environment is needed, and nothing of the machine changes. */
async function download() {
  await rm(FOLDER, { recursive: true, force: true })
  const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action', 'ignore']
  const options = ['--no-deps', '--only-binary', ':all:', '--target', FOLDER, '-r', REQUIREMENTS]
  await run('python3', ['-m', 'pip', 'install', ...quiet, ...options])
}
