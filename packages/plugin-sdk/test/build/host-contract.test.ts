import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from '@wasm-plugin/sdk'
import { expect, it } from 'vitest'
import { makeProject } from '../support/project.js'

const LOG = 'interface log { write: func(line: string); flush: func(); }'
const WORLD = 'world renderer { import log; export render: func(text: string) -> string; }'
const OWN = `package acme:site@0.1.0; ${LOG} ${WORLD}`
const SOURCE = `import * as log from './gen/acme-site/log'
export function render(text: string): string { log.write(text); return text }`

/** Builds a plugin that uses `log.write` for an application with this contract. */
async function buildFor(host: string) {
  const dir = makeProject({ 'wit/own.wit': OWN, 'app/app.wit': host, 'assembly/index.ts': SOURCE })
  const built = build({ dir, name: 'x', wit: 'wit', host: 'app', mode: 'debug' })
  const error = await built.then(() => null).catch((thrown) => thrown)
  expect(existsSync(join(dir, 'dist'))).toBe(error === null)
  return error
}

it('a plugin that its application will take is built, whatever else the application has', async () => {
  expect(await buildFor(OWN)).toBe(null)
  const less = OWN.replace(' flush: func();', '') // Which the plugin does not use.
  const more = less
    .replace('world', 'interface clock { now: func() -> u64; } world')
    .replace('log;', 'log; import clock;')
  expect(await buildFor(more)).toBe(null)
})

it('a plugin for a world that the application does not offer is not compiled', async () => {
  expect(await buildFor(OWN.replace('world renderer', 'world exporter {} world painter'))).toMatchObject({
    code: 'WORLD_NOT_OFFERED',
    message: 'app offers no world "renderer"; it offers:\n  exporter\n  painter',
  })
})

it('a plugin that its application would refuse is not written, and the application says what it has', async () => {
  expect(await buildFor(OWN.replace('write: func(line: string)', 'print: func(line: string)'))).toMatchObject(
    {
      code: 'HOST_MISMATCH',
      message: `the plugin does not fit acme:site/renderer@0.1.0 of app:
  it imports acme:site/log@0.1.0#write, which the application does not have
the application has:
  acme:site/log@0.1.0`,
    },
  )
  expect(await buildFor(OWN.replace(/log/g, 'journal'))).toMatchObject({
    data: { differences: [expect.stringMatching(/^it imports acme:site\/log@0.1.0, which/)] },
  })
  expect(await buildFor(OWN.replace('-> string', '-> u32'))).toMatchObject({
    data: { differences: [expect.stringMatching(/^render is .*string.* here and .*u32.* there$/)] },
  })
  expect(await buildFor(OWN.replace('export render', 'export paint: func(); export render'))).toMatchObject({
    data: { differences: ['it does not export paint'] },
  })
})

it('a contract of the application that is not there is said so', async () => {
  const dir = makeProject({ 'wit/own.wit': OWN, 'assembly/index.ts': SOURCE })
  await expect(build({ dir, name: 'x', wit: 'wit', host: 'gone' })).rejects.toMatchObject({
    code: 'WIT_MISSING',
  })
  writeFileSync(join(dir, 'broken.wit'), 'package')
  await expect(build({ dir, name: 'x', wit: 'wit', host: 'broken.wit' })).rejects.toMatchObject({
    code: 'WIT_SYNTAX',
  })
})
