import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { staleSource } from '@wasm-plugin/sdk'
import { expect, it } from 'vitest'
import { makeFolder } from '../support/project.js'

const FILES = [
  ...['assembly/index.ts', 'assembly/gen/entry.ts', 'wit/world.wit', 'wit/deps/log/log.wit', 'src/lib.rs'],
  ...[
    'test/plugin.test.js',
    'README.md',
    'vendor/md4c.c',
    'plugin.ts',
    'node_modules/x/index.js',
    'src/.x.swp',
  ],
]

/** A project built at second 100, with one file changed `after`. */
function project(changed: string, build: Readonly<Record<string, unknown>> = {}): string | null {
  const manifest = JSON.stringify({ name: 'hello', build })
  const names = [...FILES, 'wasm-plugin.json', 'dist/hello.wasm']
  const dir = makeFolder({
    ...Object.fromEntries(names.map((name) => [name, ''])),
    'wasm-plugin.json': manifest,
  })
  for (const name of names) utimesSync(join(dir, name), 100, name === changed ? 101 : 99)
  const component = join(dir, 'dist/hello.wasm')
  utimesSync(component, 100, 100)
  return staleSource(dir, component, build)
}

it.each([
  ['assembly/index.ts', {}],
  ['src/lib.rs', {}],
  ['wit/deps/log/log.wit', {}],
  ['wasm-plugin.json', {}],
  ['vendor/md4c.c', { sources: ['src', 'vendor'] }],
  ['plugin.ts', { wit: 'plugin.ts' }],
])('a component is older than a change of %s', (name, build) => {
  expect(project(name, build)).toBe(name)
})

it.each([
  'assembly/gen/entry.ts',
  'test/plugin.test.js',
  'README.md',
  'vendor/md4c.c',
  'node_modules/x/index.js',
  'src/.x.swp',
])('a change of %s makes no component old', (name) => {
  expect(project(name, { entry: './plugin.ts' })).toBe(null)
})
