import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { root, temporaryFolder } from './support/app.js'

/** What `npm run demo:registry -- --json` does once everything is built. */
const DEMO = `
  const { demonstrateRegistry } = await import(process.argv[1])
  const [documents, out] = process.argv.slice(2)
  console.log(JSON.stringify(await demonstrateRegistry({ documents, out, json: true, say() {} })))`

it('the demo of registries publishes, installs, refuses what was tampered with, and builds the site', async () => {
  await using folder = await temporaryFolder()
  const script = path.join(root, 'scripts/lib/registry-demo.mjs')
  const documents = path.join(root, 'test/fixtures/markdown')
  const argv = ['--input-type=module', '-e', DEMO, script, documents, path.join(folder.path, 'site')]
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: root })
  const summary = JSON.parse(stdout)
  expect(Object.keys(summary)).toEqual(['schema', 'published', 'installed', 'refused'])
  expect(summary.refused).toEqual([
    { name: 'acme:insights', code: 'CONTENT_DIGEST_MISMATCH' },
    { name: 'acme:greedy', code: 'SIGNER_UNTRUSTED' },
  ])
  // Rust and C are built where their tools are.
  const namesOf = (list: { name: string }[]) => [...new Set(list.map(({ name }) => name))].sort()
  expect(namesOf(summary.installed)).toEqual(namesOf(summary.published))
  expect(namesOf(summary.installed)).toEqual(expect.arrayContaining(['acme:greedy', 'acme:insights']))
}, 120_000)
