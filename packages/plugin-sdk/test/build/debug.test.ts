import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { createHost, type Host } from '@wasm-plugin/host'
import { PluginError } from '@wasm-plugin/runtime'
import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { build } from '@wasm-plugin/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { makeProject } from '../support/project.js'

const SOURCE = `function deeper(n: u32): u32 {
  if (n == 1) {
    throw new Error('one')
  }
  return 10 / (n - 3)
}

export function go(n: u32): u32 {
  return deeper(n) + 1
}
`
const project = () =>
  makeProject({
    'w.wit': 'package a:b; world w { export very-long-name-so-that-exports-grow: func(n: u32) -> u32; }',
    'assembly/index.ts': SOURCE.replace('function go', 'function veryLongNameSoThatExportsGrow'),
  })
const NAME = 'very-long-name-so-that-exports-grow'

/** Function and offset of the frames in WebAssembly, innermost first. */
function framesOf(error: unknown): { name: string; offset: number }[] {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  return [...stack.matchAll(/at (?:(\S+) \()?wasm:\S*wasm-function\[\d+\]:0x([0-9a-f]+)/g)].map((match) => ({
    name: match[1] ?? '',
    offset: Number.parseInt(match[2]!, 16),
  }))
}

describe('a debug build of an AssemblyScript project', () => {
  let host: Host | undefined
  afterEach(async () => void (await host?.close()))

  it("has a source map beside it that leads to the author's lines", async () => {
    const { path, sourceMap } = await build({ dir: project(), name: 'x', wit: 'w.wit', mode: 'debug' })
    expect(sourceMap).toBe(`${path}.map`)
    const map = new SourceMap(JSON.parse(readFileSync(sourceMap!, 'utf8')) as SourceMapPayload)
    const module = decodeComponent(readFileSync(path)).coreModules[0]!.bytes
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(module)), {})
    const run = exports[NAME] as (n: number) => number
    const linesFor = (n: number) => {
      try {
        run(n)
        return []
      } catch (error) {
        return framesOf(error)
          .map(({ offset }) => map.findEntry(0, offset))
          .filter((entry) => 'originalSource' in entry)
          .map(({ originalSource, originalLine }) => `${originalSource}:${originalLine + 1}`)
          .slice(0, 2)
      }
    }
    expect(linesFor(1)).toEqual(['assembly/index.ts:3', 'assembly/index.ts:9'])
    expect(linesFor(3)).toEqual(['assembly/index.ts:5', 'assembly/index.ts:9'])
    expect(linesFor(4)).toEqual([])
  })

  it.each(['worker', 'inline'] as const)(
    'names the functions in the stack of a trap (%s)',
    async (isolation) => {
      const { path } = await build({ dir: project(), name: 'x', wit: 'w.wit', mode: 'debug' })
      host = await createHost()
      const plugin = await host.load(path, { isolation })
      const error = await Promise.resolve()
        .then(() => plugin.exports.veryLongNameSoThatExportsGrow(3))
        .catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'GUEST_TRAP' })
      const names = framesOf(PluginError.is(error) ? error.cause : error).map(({ name }) => name)
      expect(names.slice(0, 2)).toEqual([
        'assembly/index/deeper',
        'assembly/index/veryLongNameSoThatExportsGrow',
      ])
    },
  )

  it('has the names of functions, which a release has not', async () => {
    const dir = project()
    const debug = await build({ dir, name: 'x', wit: 'w.wit', mode: 'debug' })
    const map = readFileSync(debug.sourceMap!)
    const release = await build({ dir, name: 'x', wit: 'w.wit' })
    expect(readFileSync(release.sourceMap!).equals(map)).toBe(false)
    const [module] = decodeComponent(readFileSync(release.path)).coreModules
    expect(Buffer.from(module!.bytes).includes('assembly/index/deeper')).toBe(false)
  })
})
