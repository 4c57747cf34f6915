import { describe, expect, it } from 'vitest'
import { byPath, checkByName } from '../scripts/checks/by-name.mjs'

const found = (text: string) => byPath(new Map([['packages/wasi/test/p2/a.test.ts', text]]))

describe('the check that tests import packages by name', () => {
  it.each([
    ["import { a } from '../../src/a.js'", 'packages/wasi/src/a.js'],
    ["import type { A } from '../../src/a.js'", 'packages/wasi/src/a.js'],
    ['export * from "../../../host/src/index.js"', 'packages/host/src/index.js'],
    ['const { a } = await import(`../../src/a.js`)', 'packages/wasi/src/a.js'],
    ["vi.doMock('../../src/a.js', () => ({}))", 'packages/wasi/src/a.js'],
    ["new URL('../../src/', import.meta.url)", 'packages/wasi/src/'],
  ])('complains of %s', (text, file) => {
    expect(found(text)).toEqual([`packages/wasi/test/p2/a.test.ts -> ${file}`])
  })

  it.each([
    "import { a } from '#internal'",
    "import { a } from '@wasm-plugin/wasi'",
    "import { a } from '../helpers/src/a.js'",
    "new URL('../../../cli/templates/c/src/plugin.c', import.meta.url)",
  ])('takes %s', (text) => {
    expect(found(text)).toEqual([])
  })

  it('takes the tests as they are', async () => {
    await expect(checkByName()).resolves.toBeUndefined()
  })
})
