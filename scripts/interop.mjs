// Publishes to, and installs from, what the tools of others publish and read: `npm run test:interop`. The tools are built
// once, outside of the repository; it takes a quarter of an hour, of which one for Sigstore's and one for wkg are the most.
import { mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { build } from './build.mjs'
import { setUpInteropTools } from './lib/interop-tools.mjs'
import { inRoot } from './lib/paths.mjs'
import { report } from './lib/report.mjs'
import { script, succeeds } from './lib/run.mjs'
import { setup } from './setup.mjs'

const VITEST = inRoot('node_modules/vitest/vitest.mjs')
const RESULTS = inRoot('.cache/test/interop.json')

await script(async () => {
  const { rust } = await setup()
  await build({ rust })
  const tools = await setUpInteropTools()

  report('Testing', 'with the tools of others')
  await mkdir(path.dirname(RESULTS), { recursive: true })
  await rm(RESULTS, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${RESULTS}`]
  const args = [VITEST, 'run', '--config', 'vitest.interop.config.ts', ...reporters, ...process.argv.slice(2)]
  const env = { WASM_PLUGIN_INTEROP: JSON.stringify(tools) }
  const passed = await succeeds(process.execPath, args, { cwd: inRoot('packages/registry'), env, show: true })
  const results = JSON.parse(await readFile(RESULTS, 'utf8').catch(() => '{}'))
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = results
  for (const { name, version, reason } of tools)
    if (reason !== undefined) report('Skipped', `${name} ${version}: ${reason}`)
  console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`)
  if (!passed || numPassedTests === 0) process.exitCode = 1
})
