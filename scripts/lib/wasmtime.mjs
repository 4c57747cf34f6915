import { chmod } from 'node:fs/promises'
import { inRoot } from './paths.mjs'
import { installWithPip } from './pip.mjs'
import { warn } from './report.mjs'

/** The second opinion of `test/conformance`: wasmtime's Python package, in a folder that its tests know. */
const FOLDER = inRoot('.cache/wasmtime')
const REQUIREMENTS = inRoot('test/conformance/wasmtime/requirements.txt')

/** Installs wasmtime where that is possible. Without it the tests that need it say so; in CI that is a failure. */
export async function setUpWasmtime() {
  const packages = { folder: FOLDER, requirements: REQUIREMENTS, result: 'wasmtime' }
  const reason = await installWithPip('wasmtime', packages)
  if (reason === undefined) return
  if (process.env.CI === 'true') throw new Error(`no wasmtime: ${reason}`)
  warn('No wasmtime', `${reason}; answers are not compared with it`)
}

/** Its command, which has servers and programs. */
const CLI_FOLDER = inRoot('.cache/wasmtime-cli')
const CLI_REQUIREMENTS = inRoot('bench/wasmtime/requirements.txt')
export const wasmtimeCommand = `${CLI_FOLDER}/wasmtime_cli/wasmtime`

/** Installs the command for the bench where that is possible; without it the bench says nothing of it. */
export async function setUpWasmtimeCommand() {
  const packages = { folder: CLI_FOLDER, requirements: CLI_REQUIREMENTS, result: 'wasmtime_cli/wasmtime' }
  const reason = await installWithPip('the command of wasmtime', packages)
  if (reason === undefined) await chmod(wasmtimeCommand, 0o755)
  else warn('No wasmtime', `${reason}; the bench is without it`)
}
