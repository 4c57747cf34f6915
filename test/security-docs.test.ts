import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { attacks, securityDocs } from '../scripts/security-docs.mjs'

it('docs/security.md has every attack of the tests, and no other', async () => {
  const page = await readFile(new URL('../docs/security.md', import.meta.url), 'utf8')
  expect(page, 'run `node scripts/security-docs.mjs`').toBe(await securityDocs())
})

it('the attacks are of every class', async () => {
  const classes = new Set((await attacks()).map(({ id }: { id: string }) => id[0]))
  expect([...classes]).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I'])
})
