// Everything the other scripts need: dependencies, Rust's WebAssembly target, and in CI a clang of the machine, web
// servers, a registry, helm, the schemas of Kubernetes and the generator of the site. Safe to repeat, quick when done.
import { pathToFileURL } from 'node:url'
import { setUpSystemClang } from './lib/clang.mjs'
import { setUpKubernetes } from './lib/kubernetes.mjs'
import { installDependencies, installSite } from './lib/pnpm.mjs'
import { setUpRegistries } from './lib/registries.mjs'
import { report, seconds } from './lib/report.mjs'
import { script } from './lib/run.mjs'
import { setUpRust, withoutRust } from './lib/rust.mjs'
import { setUpWebServers } from './lib/web-servers.mjs'

/** Gives `{ rust }`: whether Rust plugins can be built here. */
export async function setup() {
  checkNode()
  await installDependencies()
  if (process.env.CI === 'true') await installSite()
  await setUpSystemClang()
  await setUpWebServers()
  await setUpRegistries()
  await setUpKubernetes()
  const rust = await setUpRust()
  if (!rust.ready) withoutRust(rust.reason)
  return { rust: rust.ready }
}

/** package.json asks for this version too, but `node scripts/…` does not look there. */
function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Node ${process.versions.node} is too old: Wasm Plugin needs 20.19 or later`)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await script(async () => {
    const start = performance.now()
    await setup()
    report('Ready', `in ${seconds(performance.now() - start)}`)
  })
}
