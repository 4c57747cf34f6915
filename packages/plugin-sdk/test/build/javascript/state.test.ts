import { readFileSync } from 'node:fs'
import { Component } from '@wasm-plugin/runtime'
import { build, type JavaScriptEngine } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { isWhole } from '../../../../../test/seed.js'
import { makeScriptProject } from '../../support/script.js'

const WIT = `package t:v@1.0.0;
interface notes { add: func(line: string, times: u32) -> tuple<u32, u32>; }
world all { export notes; }
`
const SOURCE = `
const lines = new Map()
export const notes = {
  add(line, times) {
    for (let i = 0; i < times; i++) lines.set(lines.size, { line: line + lines.size })
    return [lines.size, [...lines.values()].reduce((sum, one) => sum + one.line.length, 0)]
  },
}
`
const engines: [JavaScriptEngine, string][] = [
  ['qjs', 'componentize-qjs'],
  ...(isWhole ? ([['starling', '@wasm-plugin/starling']] as [JavaScriptEngine, string][]) : []),
]

describe.each(engines)('a plugin on %s', (engine, engineOf) => {
  it.each([false, true])('goes on in another instance where it was, metered: %s', async (fuel) => {
    const dir = makeScriptProject({ 'src/index.js': SOURCE, 'w.wit': WIT }, ['esbuild', engineOf])
    const { path } = await build({ dir, name: 'notes', language: 'js', wit: 'w.wit', engine, mode: 'size' })
    const component = await Component.compile(new Uint8Array(readFileSync(path)), { snapshot: true, fuel })
    const options = { fuel: 1e12 }
    const first = component.instantiate({}, options)
    const add = ({ exports }: typeof first, line: string, times: number) =>
      (exports['t:v/notes@1.0.0'] as { add(line: string, times: number): [number, number] }).add(line, times)
    const [lines, characters] = add(first, 'a line of text ', 10_000)
    expect([lines, characters]).toEqual([10_000, 188_890])
    const bytes = first.save({ nameOf: () => undefined, maxBytes: 64 << 20 })
    const second = component.instantiate({}, { ...options, restore: { bytes, objectOf: () => undefined } })
    expect(add(second, '', 1)).toEqual([10_001, 188_895])
    expect(add(second, '', 0)).toEqual([10_001, 188_895])
  })
})
