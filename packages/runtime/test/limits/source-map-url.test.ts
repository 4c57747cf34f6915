import { withSourceMap } from '@wasm-plugin/runtime/internal'
import { expect, it } from 'vitest'
import { wat } from './wat.js'

it('leaves a module as it is where the map is none', async () => {
  const bytes = await wat('(module (func))')
  for (const map of [
    '',
    '{',
    '[]',
    'null',
    '{"version":3}',
    '{"version":3,"mappings":""}',
    '{"version":3,"mappings":"!"}',
  ])
    expect(withSourceMap(bytes, bytes, map), map).toBe(bytes)
  expect(withSourceMap(bytes, bytes, `{"version":3,"mappings":"${'g'.repeat(100)}"}`)).toBe(bytes)
})

it('moves a map with the code, and gives it to the engine', async () => {
  const original = await wat('(module (func))')
  const bytes = await wat('(module (memory 1) (func))')
  // What is before the code is five bytes longer, and the first offset is 40.
  const given = withSourceMap(bytes, original, '{"version":3,"sources":["a.ts"],"mappings":"wCAAA,CAAC"}')
  const [section] = WebAssembly.Module.customSections(
    new WebAssembly.Module(given as BufferSource),
    'sourceMappingURL',
  )
  const url = new TextDecoder().decode(section).replace(/^[^d]*data:application\/json;base64,/, '')
  expect(JSON.parse(atob(url))).toEqual({ version: 3, sources: ['a.ts'], mappings: '6CAAA,CAAC' })
})
