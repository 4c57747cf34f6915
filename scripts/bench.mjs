// Compares the runtime with its peers: `npm run bench -- [--json FILE] [--quick] [--only TEXT] [--scale] [--web]`.
import { buildPackages } from './build.mjs'
import { inRoot } from './lib/paths.mjs'
import { installDependencies } from './lib/pnpm.mjs'
import { run, script } from './lib/run.mjs'

await script(async () => {
  await installDependencies()
  await buildPackages()
  const main = inRoot('bench/src/main.mjs')
  process.stdout.write(await run(process.execPath, ['--no-warnings', main, ...process.argv.slice(2)]))
})
