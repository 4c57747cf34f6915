import { createHash } from 'node:crypto'
import { copyFile, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { inRoot } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'

const SHIM = inRoot('deploy/shim')
/** As containerd looks for the runtime `io.containerd.wasm-plugin.v1`. */
const NAME = 'containerd-shim-wasm-plugin-v1'

/** Of what it is built from. */
export async function shimVersion() {
  const files = ['Cargo.toml', 'Cargo.lock', 'grants/Cargo.toml']
  for (const folder of ['src', 'grants/src'])
    for (const name of (await readdir(path.join(SHIM, folder))).sort()) files.push(`${folder}/${name}`)
  const hash = createHash('sha256')
  for (const name of files) hash.update(`${name}\0`).update(await readFile(path.join(SHIM, name)))
  return hash.digest('hex').slice(0, 12)
}

/**
 * Builds it. What has tests is a package of its own: they need other builds of all that they depend on.
 *
 * @param target what cargo keeps between builds: only what changed is built again
 */
export async function buildShim(folder, { env, target, jobs }) {
  const options = ['--profile', 'cluster', '--locked', '--quiet', '--jobs', jobs]
  const cargo = (...args) =>
    run('cargo', [...args, ...options], { cwd: SHIM, env: { ...env, CARGO_TARGET_DIR: target } })
  await cargo('test', '--package', 'wasm-plugin-grants')
  await cargo('build')
  await copyFile(path.join(target, 'cluster', NAME), path.join(folder, NAME))
}
