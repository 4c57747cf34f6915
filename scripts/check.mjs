// The static checks: format and lint, types, imports, packages, generated documents, leaks, terminal. All run, then it fails if
// any of them did. Names select checks: `npm run check -- lint types`.
import path from 'node:path'
import { build } from './build.mjs'
import { checkByName } from './checks/by-name.mjs'
import { checkExports } from './checks/exports.mjs'
import { checkLeaks } from './checks/leaks.mjs'
import { checkTerminal } from './checks/terminal.mjs'
import { checkErrorDocs } from './error-docs.mjs'
import { inRoot, packages, published } from './lib/paths.mjs'
import { report, timed, warn } from './lib/report.mjs'
import { run, script } from './lib/run.mjs'
import { setup } from './setup.mjs'

const bin = (name) => inRoot('node_modules/.bin', name)

/** publint packs with the package manager of the workspace. */
const withPnpm = { PATH: [inRoot('.tools/node_modules/.bin'), process.env.PATH].join(path.delimiter) }

const checks = {
  lint: () => run(bin('biome'), ['ci', '--colors=off', '.']),
  types: () =>
    eachOf(
      [
        ...packages.map((name) => `packages/${name}`),
        ...['runtime', 'manifest', 'wasi', 'embed', 'web'].map((name) => `packages/${name}/test`),
        ...['examples/node-app', 'test', 'test/conformance'],
      ],
      typecheck,
    ),
  imports: async () => {
    await run(bin('depcruise'), [
      '--config',
      'scripts/checks/imports.cjs',
      'packages',
      'examples/node-app/src',
    ])
    await checkByName()
  },
  // These two use packages that are not there before the set-up.
  rooms: async () => (await import('./checks/rooms.mjs')).checkRooms(),
  publint: () =>
    eachOf(published, (name) =>
      run(bin('publint'), ['--strict', inRoot('packages', name)], { env: withPnpm }),
    ),
  attw: () => eachOf(packages, resolvesEverywhere),
  exports: () => eachOf(published, checkExports),
  'error-docs': checkErrorDocs,
  'security-docs': async () => (await import('./security-docs.mjs')).checkSecurityDocs(),
  leaks: checkLeaks,
  terminal: checkTerminal,
}

await script(async () => {
  await build(await setup())
  const wanted = process.argv.slice(2)
  const failed = []
  for (const [name, check] of Object.entries(checks)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    try {
      await timed('Checking', name, check)
    } catch (error) {
      failed.push(name)
      process.stderr.write(`\n${error.message}\n\n`)
    }
  }
  if (failed.length > 0) {
    warn('Failed', failed.join(', '))
    process.exitCode = 1
  } else report('Passed', 'all checks')
})

function typecheck(folder) {
  return run(bin('tsc'), ['-p', inRoot(folder), '--noEmit'])
}

/** The types and the code of every entry are found by every module resolution that a Node package meets. */
async function resolvesEverywhere(name) {
  // The command has no library to import: it is only its `bin`.
  if (name === 'cli') return
  await run(bin('attw'), [
    '--pack',
    inRoot('packages', name),
    '--profile',
    'esm-only',
    '--no-color',
    '--no-emoji',
  ])
}

async function eachOf(names, check) {
  for (const name of names) await check(name)
}
