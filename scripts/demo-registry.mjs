// The way of a plugin to an application: the plugins of the examples are published, two are tampered with, they are
// installed and verified, and the site is built with what was installed. `--json` prints one JSON document on stdout.
import { build } from './build.mjs'
import { inRoot } from './lib/paths.mjs'
import { collectReadmes } from './lib/readmes.mjs'
import { demonstrateRegistry } from './lib/registry-demo.mjs'
import { script } from './lib/run.mjs'
import { setup } from './setup.mjs'

const json = process.argv.includes('--json')

await script(async () => {
  await build(await setup())
  const summary = await demonstrateRegistry({
    documents: await collectReadmes(),
    out: inRoot('examples/node-app/site'),
    json,
    say: (verb, text) => console.error(`${verb.padStart(12)} ${text}`),
  })
  if (json) console.log(JSON.stringify(summary))
})
