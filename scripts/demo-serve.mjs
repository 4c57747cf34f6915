// Plugins that answer HTTP: builds examples/serve-app, serves it on a port of this machine, asks every route, shows what is denied, and
// ends while a request runs. `--json` prints one JSON document on stdout.
import { buildPackages } from './build.mjs'
import { buildServeApp } from './lib/build-serve-app.mjs'
import { script } from './lib/run.mjs'
import { demonstrateServing } from './lib/serve-demo.mjs'
import { setup } from './setup.mjs'

const json = process.argv.includes('--json')

await script(async () => {
  await setup()
  await buildPackages()
  const summary = await demonstrateServing(await buildServeApp(), {
    say: (verb, text) => console.error(`${verb.padStart(12)} ${text}`),
  })
  if (json) console.log(JSON.stringify(summary))
})
