// Whether an application serves on whatever its plugins do: `npm run chaos [-- --seconds 60 --json]`, and whether it does so for
// days: `npm run soak [-- --calls 10000000 --loads 100000]`.
import { spawnSync } from 'node:child_process'
import { buildPackages } from './build.mjs'
import { inRoot } from './lib/paths.mjs'
import { installDependencies } from './lib/pnpm.mjs'
import { script } from './lib/run.mjs'

await script(async () => {
  await installDependencies()
  await buildPackages()
  const [what, ...args] = process.argv.slice(2)
  const main = inRoot(`bench/src/chaos/${what === 'soak' ? 'soak' : 'main'}.mjs`)
  const given = what === 'soak' ? args : process.argv.slice(2)
  const { status } = spawnSync(process.execPath, ['--expose-gc', '--no-warnings', main, ...given], {
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
})
