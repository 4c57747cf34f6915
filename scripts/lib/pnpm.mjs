import { readFile } from 'node:fs/promises'
import { inRoot, plugins, published } from './paths.mjs'
import { timed } from './report.mjs'
import { run } from './run.mjs'
import { unlessDone } from './stamps.mjs'

/** Installs the workspace's dependencies, as the lock file has them, with the pnpm that package.json names. */
export async function installDependencies() {
  await installPnpm()
  const manifests = [
    'package.json',
    'bench/package.json',
    'test/engines/package.json',
    'examples/node-app/package.json',
    ...published.map((name) => `packages/${name}/package.json`),
    ...plugins.map(({ folder }) => `examples/${folder}/package.json`),
  ]
  const paths = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests].map((file) => inRoot(file))
  await unlessDone(
    'dependencies',
    { inputs: { paths, values: [process.version] }, results: [inRoot('node_modules/.modules.yaml')] },
    () => timed('Installing', 'dependencies', () => install(`!${SITE}`)),
  )
}

/** The site's generator, which nothing else needs. */
const SITE = '@wasm-plugin/site'

export async function installSite() {
  const paths = ['pnpm-lock.yaml', 'site/package.json'].map((file) => inRoot(file))
  await unlessDone('site-dependencies', { inputs: { paths }, results: [inRoot('site/node_modules')] }, () =>
    timed('Installing', 'the generator of the site', () => install(SITE)),
  )
}

/** @param filter of pnpm: which packages of the workspace get their dependencies */
function install(filter) {
  const args = ['install', '--frozen-lockfile', '--prefer-offline', '--filter', filter]
  // Without a terminal pnpm would ask whether it may replace a node_modules folder of another version.
  return run(inRoot('.tools/node_modules/.bin/pnpm'), args, { env: { CI: 'true' } })
}

/** pnpm of the exact version in package.json, in `.tools`: the machine needs only npm. */
async function installPnpm() {
  const { packageManager } = JSON.parse(await readFile(inRoot('package.json'), 'utf8'))
  const version = packageManager.slice('pnpm@'.length)
  const installed = await readFile(inRoot('.tools/node_modules/pnpm/package.json'), 'utf8').catch(() => '{}')
  if (JSON.parse(installed).version === version) return
  await timed('Installing', packageManager, () =>
    run('npm', [
      'install',
      '--prefix',
      inRoot('.tools'),
      '--no-save',
      '--no-package-lock',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      packageManager,
    ]),
  )
}
