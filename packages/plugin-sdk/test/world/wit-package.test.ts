import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { depsOf, encodeWit, folderOf, isShipped, loadWorld, missingPackages } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { makeFolder, WIT_DIR } from '../support/project.js'

const FANCY = `package a:b@1.0.0;

interface i {
  /// Always.
  old: func();
  @unstable(feature = fancy)
  fresh: func();
}

world w {
  import wasi:clocks/wall-clock@0.2.6;
  export i;
}
`

describe('a WIT package in its binary form', () => {
  it('gives back the world that it was made of, with its comments', async () => {
    const wit = `${WIT_DIR}acme-site/v0.1`
    const folder = await folderOf([{ id: 'acme:site@0.1.0', bytes: await encodeWit(wit) }])
    const dir = makeFolder(Object.fromEntries(folder))
    for (const world of ['renderer', 'analyzer']) {
      const [before, after] = [await loadWorld({ wit, world }), await loadWorld({ wit: dir, world })]
      expect(after.docs).toEqual(before.docs)
      expect([...after.imports.keys(), ...after.exports.keys()]).toEqual([
        ...before.imports.keys(),
        ...before.exports.keys(),
      ])
    }
  })

  it('has the items of all features, which whoever reads it chooses, and WASI beside it', async () => {
    const bytes = await encodeWit(makeFolder({ 'w.wit': FANCY }))
    const dir = makeFolder(Object.fromEntries(await folderOf([{ id: 'a:b@1.0.0', bytes }])))
    const functions = async (features: string[]) => {
      const item = (await loadWorld({ wit: dir, features })).exports.get('a:b/i@1.0.0')
      return item?.kind === 'instance' ? [...item.exports.keys()] : []
    }
    expect(await functions([])).toEqual(['old'])
    expect(await functions(['fancy'])).toEqual(['old', 'fresh'])
    const deps = await depsOf([{ id: 'a:b@1.0.0', bytes }])
    expect([...deps.keys()]).toEqual([
      ...['a-b@1.0.0/package.wit', 'wasi-clocks@0.2.6/package.wit', 'wasi-io@0.2.6/package.wit'],
    ])
  })

  it('is the same for the same text, and is said to be wrong where that is', async () => {
    const dir = makeFolder({ 'w.wit': FANCY })
    expect(Buffer.from(await encodeWit(dir)).equals(await encodeWit(dir))).toBe(true)
    writeFileSync(join(dir, 'w.wit'), FANCY.replace('fresh: func()', 'fresh: func(x: u33)'))
    await expect(encodeWit(dir)).rejects.toMatchObject({ code: 'WIT_SYNTAX', data: { line: 7 } })
    writeFileSync(join(dir, 'w.wit'), 'package a:b@1.0.0; interface i { use c:d/e@1.2.3.{t}; }')
    await expect(encodeWit(dir)).rejects.toMatchObject({
      code: 'WIT_SYNTAX',
      hint: expect.stringContaining('`wasm-plugin wit fetch c:d@1.2.3`'),
    })
    await expect(depsOf([{ id: 'a:b@1.0.0', bytes: Buffer.from('no') }])).rejects.toMatchObject({
      code: 'WIT_SYNTAX',
    })
  })
})

it('the packages that WIT names and nobody has are known by its text alone', () => {
  const dir = makeFolder({
    'w.wit': `${FANCY}interface j { use a:b/i@1.0.0.{t}; use c:d/e@1.2.3.{t}; use c:d/e@2.0.0-rc.1.{t}; }`,
  })
  expect(missingPackages(dir)).toEqual(['c:d@1.2.3', 'c:d@2.0.0-rc.1'])
  rmSync(join(dir, 'w.wit'))
  expect(missingPackages(dir)).toEqual([])
  expect([isShipped('wasi:io@0.2.6'), isShipped('c:d@1.2.3')]).toEqual([true, false])
})
