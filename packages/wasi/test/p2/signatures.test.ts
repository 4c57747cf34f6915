import type { ExternType, InstanceType } from '@wasm-plugin/runtime'
import { parseFunctionName, pascalCase } from '@wasm-plugin/runtime/internal'
import { findMismatch, offerOf, resourceNames } from '@wasm-plugin/wasi'
import { beforeAll, describe, expect, it } from 'vitest'
import { functionsOf } from '#internal'
import { openWasi, parseGrants } from '../helpers/open.js'
import { importsOf, signatureTable, wasiPackages } from '../helpers/signatures.js'

describe('the table of WASI', () => {
  it('is what wit/deps says; `-u` writes it', async () => {
    const { types, interfaces } = await signatureTable()
    const lines = (object: object) =>
      Object.entries(object).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    const text = `{
"types": [
${types.map((type) => JSON.stringify(type)).join(',\n')}
],
"interfaces": {
${lines(interfaces).join(',\n')}
}
}
`
    await expect(text).toMatchFileSnapshot('../../src/p2/signatures/wasi.json')
  }, 120_000)
})

it('is answered in full, but for what a host calls itself', () => {
  const { get } = openWasi({})
  for (const [name, versions] of functionsOf) {
    const { kind } = offerOf(
      `${name}@${/config|keyvalue/.test(name) ? '0.2.0-draft2' : '0.2.12'}`,
      parseGrants({}),
    )
    if (['wasi:cli/run', 'wasi:http/incoming-handler'].includes(name)) expect(kind).toBe('unknown')
    else if (!name.startsWith('wasi:logging') && !/config|keyvalue/.test(name))
      for (const func of versions.flatMap((functions) => [...functions.keys()])) {
        const parsed = parseFunctionName(func)
        const scope = parsed.kind === 'plain' ? get(name) : get(name)[pascalCase(parsed.resource)]
        const owner = parsed.kind === 'method' ? scope?.prototype : scope
        const found = parsed.kind === 'constructor' ? owner : owner?.[parsed.member]
        expect(typeof found, `${name}#${func}`).toBe('function')
      }
  }
})

describe('imports of WASI', () => {
  let every: ReadonlyMap<string, ExternType>
  beforeAll(async () => {
    const { names, text } = await wasiPackages()
    every = await importsOf(names, text)
  }, 120_000)

  it.each(Array.from({ length: 13 }, (_, patch) => `0.2.${patch}`))('are what %s has', (version) => {
    const imports = new Map([...every].map(([name, type]) => [name.replace('@0.2.12', `@${version}`), type]))
    expect(imports.size).toBe(every.size)
    const resources = resourceNames(imports)
    for (const [name, type] of imports)
      if (type.kind === 'instance') expect(findMismatch(name, type, resources), name).toBeUndefined()
  })

  it('are found to be others, whatever it is that differs', () => {
    const resources = resourceNames(every)
    for (const [name, type] of every)
      if (type.kind === 'instance')
        for (const [func, item] of type.exports) {
          if (item.kind !== 'func') continue
          const one = (changed: ExternType): InstanceType => ({
            kind: 'instance',
            exports: new Map([[func, changed]]),
          })
          expect(findMismatch(name, one(item), resources)).toBeUndefined()
          const more = { ...item, params: [...item.params, { name: 'more', type: { kind: 'u8' } as const }] }
          expect(findMismatch(name, one(more), resources)).toMatchObject({ func, difference: /parameters/ })
          for (const index of item.params.keys()) {
            const params = item.params.with(index, { name: 'x', type: { kind: 'char' } })
            expect(findMismatch(name, one({ ...item, params }), resources)?.difference).toMatch(
              `parameter ${index + 1} is char and not`,
            )
          }
          expect(
            findMismatch(name, one({ ...item, result: { kind: 'char' } }), resources)?.difference,
          ).toMatch(
            // Of several drafts one may differ in a parameter already.
            /^the result is char and not|^parameter 2\[\] is|^parameter 3 is u64/,
          )
        }
  })
})
