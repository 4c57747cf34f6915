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
