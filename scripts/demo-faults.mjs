// Lets a plugin in each language fail three calls deep, in every mode, and prints where that was by the frames of its error.
// `--json` prints one JSON document on stdout. Ends with 1 where a line is not the author's.
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildPackages } from './build.mjs'
import { faultyPlugins, placesIn, WIT } from './lib/faulty-plugins.mjs'
import { inRoot } from './lib/paths.mjs'
import { timed } from './lib/report.mjs'
import { script } from './lib/run.mjs'
import { rustEnv } from './lib/rust.mjs'
import { setup } from './setup.mjs'

const FUEL = 1_000_000_000
const modes = [
  { mode: 'worker', fuel: false },
  { mode: 'worker', fuel: true },
  { mode: 'inline', fuel: true },
  { mode: 'process', fuel: false },
  { mode: 'process', fuel: true },
]

await script(async () => {
  const { rust } = await setup()
  await buildPackages()
  if (rust) Object.assign(process.env, await rustEnv())
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'wasm-plugin-faults-')))
  try {
    const faults = []
    for (const plugin of faultyPlugins)
      if (plugin.language !== 'rust' || rust) faults.push(...(await faultsOf(plugin, folder)))
    print(faults)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

async function faultsOf(plugin, folder) {
  const { createHost } = await import('../packages/host/dist/index.js')
  const built = await timed('Building', `a faulty plugin in ${plugin.language}`, () =>
    buildIn(folder, plugin),
  )
  const places = placesIn(plugin.files)
  const faults = []
  for (const { mode, fuel } of modes) {
    const host = await createHost()
    try {
      const limits = { timeoutMs: 60_000, startMs: 60_000, ...(fuel && { fuel: FUEL }) }
      const loaded = await host.load(built, { isolation: mode, limits })
      const { frames = [] } = await Promise.resolve()
        .then(() => loaded.call('go', [1]))
        .catch((error) => error)
      const found = places.map((_, i) => `${frames[i]?.file}:${frames[i]?.line}`)
      faults.push({
        fault: {
          ...{ language: plugin.shown ?? plugin.language, mode, fuel },
          ...{ function: frames[0]?.function, file: frames[0]?.file, line: frames[0]?.line },
        },
        places,
        found,
      })
    } finally {
      await host.close()
    }
  }
  return faults
}

/** As `wasm-plugin build` does: the path of a component with its debug information in it or beside it. */
async function buildIn(folder, { language, mode, packages, files }) {
  const { build } = await import('../packages/plugin-sdk/dist/index.js')
  const dir = path.join(folder, language)
  const dependencies = Object.fromEntries(packages.map((name) => [name, '*']))
  const all = {
    ...files,
    'w.wit': WIT,
    'package.json': JSON.stringify({ type: 'module', devDependencies: dependencies }),
  }
  for (const [file, text] of Object.entries(all)) {
    await mkdir(path.dirname(path.join(dir, file)), { recursive: true })
    await writeFile(path.join(dir, file), text)
  }
  for (const name of packages) {
    const link = path.join(dir, 'node_modules', name)
    await mkdir(path.dirname(link), { recursive: true })
    await symlink(await realpath(inRoot('packages/plugin-sdk/node_modules', name)), link)
  }
  return (await build({ dir, name: 'faulty', language, wit: 'w.wit', mode })).path
}

function print(faults) {
  const wrong = faults.filter(({ places, found }) => places.some((place, i) => place !== found[i]))
  if (process.argv.includes('--json'))
    console.log(JSON.stringify({ schema: 1, faults: faults.map(({ fault }) => fault) }))
  else
    for (const { fault, found } of faults)
      console.log([fault.language, fault.mode, fault.fuel ? 'fuel' : '', fault.function, ...found].join('\t'))
  for (const { fault, places, found } of wrong)
    console.error(
      `${fault.language}, ${fault.mode}: ${found.join(', ')} in the place of ${places.join(', ')}`,
    )
  if (wrong.length > 0) process.exitCode = 1
}
