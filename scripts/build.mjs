// Builds the packages, the example plugins and the example app, each only when its sources changed.
import { pathToFileURL } from 'node:url'
import { inLanes } from './lib/lanes.mjs'
import { inRoot, packages, plugins } from './lib/paths.mjs'
import { timed } from './lib/report.mjs'
import { run, script } from './lib/run.mjs'
import { rustEnv } from './lib/rust.mjs'
import { unlessDone } from './lib/stamps.mjs'
import { setup } from './setup.mjs'

const CLI = inRoot('packages/cli/dist/bin.js')

/** Expects the dependencies to be installed; builds the Rust plugins when `rust` is true. */
export async function build({ rust }) {
  await buildPackages()
  await inLanes(
    2,
    plugins.filter(({ needs }) => needs !== 'rust' || rust),
    buildPlugin,
  )
  await buildApp()
}

export async function buildPackages() {
  await buildStarling()
  const before = ['tsconfig.base.json', 'pnpm-lock.yaml', 'wit'].map((file) => inRoot(file))
  for (const name of packages) {
    const folder = inRoot('packages', name)
    before.push(folder)
    const result = inRoot('packages', name, 'dist', name === 'cli' ? 'bin.js' : 'index.d.ts')
    await unlessDone(`package-${name}`, { inputs: { paths: before }, results: [result] }, () =>
      timed('Building', `packages/${name}`, () => run(inRoot('node_modules/.bin/tsup'), [], { cwd: folder })),
    )
  }
}

/** Copies, so that only its script and the version of what it copies decide. */
async function buildStarling() {
  const cwd = inRoot('packages/starling')
  const inputs = { paths: [cwd, inRoot('pnpm-lock.yaml')] }
  await unlessDone('package-starling', { inputs, results: [inRoot('packages/starling/dist/index.js')] }, () =>
    timed('Building', 'packages/starling', () => run(process.execPath, ['build.mjs'], { cwd })),
  )
}

async function buildPlugin({ folder, name, needs, fetches = false }) {
  const cwd = inRoot('examples', folder)
  const env = needs === 'rust' ? await rustEnv() : {}
  const inputs = { paths: [cwd, inRoot('wit'), ...builders()], values: [env.PATH ?? ''] }
  await unlessDone(
    `plugin-${name}`,
    { inputs, results: [inRoot('examples', folder, 'dist', `${name}.wasm`)] },
    () =>
      timed('Building', `examples/${folder}`, async () => {
        if (fetches) await run(process.execPath, ['fetch.mjs'], { cwd })
        await run(process.execPath, [CLI, 'build'], { cwd, env })
      }),
  )
}

/** The app's types of the plugins' exports come from the contract, and are generated as any embedder would. */
async function buildApp() {
  const folder = inRoot('examples/node-app')
  const inputs = { paths: [folder, inRoot('wit'), ...builders(), inRoot('packages/host')] }
  await unlessDone('app', { inputs, results: [inRoot('examples/node-app/dist/main.js')] }, () =>
    timed('Building', 'examples/node-app', async () => {
      for (const world of ['renderer', 'analyzer']) {
        const out = `src/generated/${world}.d.ts`
        const wit = inRoot('wit/acme-site/v0.1')
        await run(process.execPath, [CLI, 'types', '--wit', wit, '--world', world, '-o', out], {
          cwd: folder,
        })
      }
      await run(inRoot('node_modules/.bin/tsc'), ['-p', '.'], { cwd: folder })
    }),
  )
}

/** What turns a plugin's sources into a component. */
function builders() {
  return ['packages/runtime/src', 'packages/plugin-sdk', 'packages/cli/src'].map((folder) => inRoot(folder))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await script(async () => build(await setup()))
}
