// The main job, end to end: sets up and builds what is missing, then runs examples/node-app on real text.
// `--json` prints one JSON document on stdout, and nothing else there.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { build } from './build.mjs'
import { inRoot } from './lib/paths.mjs'
import { collectReadmes } from './lib/readmes.mjs'
import { script } from './lib/run.mjs'
import { setup } from './setup.mjs'

await script(async () => {
  await build(await setup())
  const args = [await collectReadmes(), '--out', inRoot('examples/node-app/site'), ...process.argv.slice(2)]
  const app = spawn(process.execPath, [inRoot('examples/node-app/dist/main.js'), ...args], {
    stdio: 'inherit',
  })
  const [code] = await once(app, 'exit')
  process.exitCode = code ?? 1
})
