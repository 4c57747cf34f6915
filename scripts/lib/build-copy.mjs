import { cp, mkdir, readdir, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import { inRoot } from './paths.mjs'
import { run } from './run.mjs'

/** What `npm install` would bring to plugins. */
const MODULES = {
  '@wasm-plugin/cli': 'cli',
  '@wasm-plugin/sdk': 'plugin-sdk',
  '@wasm-plugin/starling': 'starling',
  assemblyscript: 'plugin-sdk/node_modules/assemblyscript',
  esbuild: 'plugin-sdk/node_modules/esbuild',
}

/** What decides how plugins are built. */
export const BUILDERS = ['packages/runtime/src', 'packages/plugin-sdk', 'packages/cli/src'].map((folder) =>
  inRoot(folder),
)

/**
 * Builds a plugin by `wasm-plugin build` in a copy of its project, which has the WIT of WASI beside its own.
 *
 * @param sources folders that are copied over each other, with their places in the copy
 */
export async function buildCopy(folder, { sources, prepare = async () => {}, env = {} }) {
  await rm(folder, { recursive: true, force: true })
  for (const [from, to] of sources) await cp(from, path.join(folder, to), { recursive: true })
  for (const one of await readdir(inRoot('wit/deps')))
    if (one.startsWith('wasi-'))
      await cp(inRoot('wit/deps', one), path.join(folder, 'wit/deps', one), { recursive: true })
  await linkModules(folder)
  await prepare()
  await run(process.execPath, [inRoot('packages/cli/dist/bin.js'), 'build'], { cwd: folder, env })
}

async function linkModules(folder) {
  for (const [name, target] of Object.entries(MODULES)) {
    const link = path.join(folder, 'node_modules', name)
    await mkdir(path.dirname(link), { recursive: true })
    await symlink(inRoot('packages', target), link)
  }
}
