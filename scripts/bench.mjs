// Compares the runtime with its peers: `npm run bench -- [--json FILE] [--quick] [--only TEXT] [--scale] [--web]
// [--server] [--gateway]`.
import { buildPackages } from './build.mjs'
import { setUpChromium } from './lib/chromium.mjs'
import { inRoot } from './lib/paths.mjs'
import { installDependencies } from './lib/pnpm.mjs'
import { run, script } from './lib/run.mjs'
import { setUpWasmtimeCommand } from './lib/wasmtime.mjs'

await script(async () => {
  await installDependencies()
  await buildPackages()
  const main = inRoot('bench/src/main.mjs')
  const args = process.argv.slice(2)
  const env = args.includes('--web') ? await setUpChromium() : {}
  if (args.includes('--gateway')) await setUpWasmtimeCommand()
  process.stdout.write(await run(process.execPath, ['--no-warnings', main, ...args], { env }))
})
