import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { leftOut } from '../left-out.js'
import { hostTests } from '../shared.js'

const folder = fileURLToPath(new URL('../../../host/test', import.meta.url))

it('what of the tests of the host for Node is not run in a browser is written down, with the reason', async () => {
  const tests = hostTests(folder)
  const run = tests.filter(({ reason }) => reason === undefined)
  // Every suite that needs nothing of Node; a change that takes most of them away is none that goes unseen.
  expect(run.length).toBeGreaterThan(15)
  const rows = tests.map(({ file, reason }) => `| ${path.posix.normalize(file)} | ${reason ?? 'run'} |`)
  const single = [...leftOut].map(([name, reason]) => `| ${name} | ${reason} |`)
  const page = [
    '# Which tests of the host for Node run in a browser',
    '',
    'Written by `test/node/left-out.test.ts`: `npx vitest run -u test/node` writes it anew.',
    '',
    '| file of packages/host/test | in a browser |',
    '| --- | --- |',
    ...rows,
    '',
    '| single test of those that are run | why not |',
    '| --- | --- |',
    ...single,
    '',
  ]
  await expect(page.join('\n')).toMatchFileSnapshot('../left-out.md')
})
