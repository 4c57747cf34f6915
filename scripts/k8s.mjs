// Plugins in a real cluster: `npm run test:k8s`. Kubernetes and containerd run in namespaces of their own, of which nothing is left
// afterwards. What they are made of is built once, outside of the repository; it takes half an hour. `--json` prints one JSON
// document on stdout, `--build` only builds.
import { build } from './build.mjs'
import { buildGatewayImage } from './k8s/gateway-image.mjs'
import { buildPlugin, VERSIONS } from './k8s/plugin.mjs'
import { inSandbox } from './k8s/sandbox.mjs'
import { setUpTools } from './k8s/tools.mjs'
import { inRoot } from './lib/paths.mjs'
import { script } from './lib/run.mjs'
import { setup } from './setup.mjs'

const options = new Set(process.argv.slice(2))

await script(async () => {
  if (process.platform !== 'linux' || process.getuid() !== 0)
    throw new Error('a cluster needs Linux and root: it makes namespaces, and containers in them')
  const { rust } = await setup()
  await build({ rust })
  const tools = await setUpTools()
  const plugins = {}
  for (const version of VERSIONS) plugins[version] = await buildPlugin(version)
  const image = await buildGatewayImage()
  if (options.has('--build')) return
  const results = await inSandbox(inRoot('scripts/k8s/inside.mjs'), { tools, plugins, image })
  const passed = results.filter(({ reason }) => reason === undefined).length
  if (options.has('--json')) console.log(JSON.stringify({ schema: 1, results }))
  console.log(`${passed} passed, ${results.length - passed} failed`)
  if (passed < results.length || passed === 0) process.exitCode = 1
})
