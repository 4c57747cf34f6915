import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { leftOut, leftOutSuspended } from '../left-out.js'
import { hostTests } from '../shared.js'

const at = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url))

it('what of the tests of the host for Node is not run in a browser is written down, with the reason', async () => {
  const tests = hostTests(at('packages/host/test'))
  const run = tests.filter(({ reason }) => reason === undefined)
  // A change that takes most of them away is none that goes unseen.
  expect(run.length).toBeGreaterThan(15)
  const page = [
    '# Tests of the host for Node that are not run in a browser',
    '',
    ...tests.flatMap(({ file, reason }) => (reason === undefined ? [] : [`- ${file}: ${reason}`])),
    '',
    'Single tests of files that are run:',
    '',
    ...[...leftOut].map(([name, reason]) => `- ${name}: ${reason}`),
    '',
    'And of these, where the page is not isolated from others:',
    '',
    ...[...leftOutSuspended].map(([name, reason]) => `- ${name}: ${reason}`),
    '',
  ]
  await mkdir(at('.cache/test'), { recursive: true })
  await writeFile(at('.cache/test/web-left-out.md'), page.join('\n'))
})
