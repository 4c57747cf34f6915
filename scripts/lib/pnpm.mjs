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
    () =>
      timed('Installing', 'dependencies', () =>
        run(inRoot('.tools/node_modules/.bin/pnpm'), ['install', '--frozen-lockfile', '--prefer-offline'], {
          // Without a terminal pnpm would ask whether it may replace a node_modules folder of another version.
          env: { CI: 'true' },
        }),
      ),
  )
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
