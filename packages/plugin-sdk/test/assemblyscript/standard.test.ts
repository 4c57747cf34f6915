import { ComponentError } from '@wasm-plugin/runtime'
import { describe, expect, it } from 'vitest'
import { buildGuest, type Exports } from '../support/guest.js'

const IO = {
  'wasi:io/error@0.2.12': { Error: class {} },
  'wasi:io/poll@0.2.12': { Pollable: class {} },
}

describe('what a program may use beside its bindings', () => {
  it('globals of the language, over the interfaces of the world', async () => {
    const component = await buildGuest({
      wit: `package a:b; world w {
        import wasi:cli/stderr@0.2.12; import wasi:clocks/wall-clock@0.2.12; import wasi:clocks/monotonic-clock@0.2.12;
        import wasi:random/random@0.2.12; export all: func() -> list<f64>; }`,
      source: `
        import * as clock from './gen/std/clock'
        import * as random from './gen/std/random'
        export function all(): Float64Array {
          console.error('to stderr'); console.assert(false, 'why'); console.time('x')
          const bytes = new Uint8Array(2)
          crypto.getRandomValues(bytes)
          const out = new Float64Array(6)
          out[0] = <f64>Date.now(); out[1] = performance.now(); out[2] = Math.random(); out[3] = bytes[1]
          out[4] = <f64>clock.now(); out[5] = <f64>random.bytes(3).length + <f64>random.integer()
          return out
        }`,
    })
    const written: string[] = []
    class OutputStream {
      blockingWriteAndFlush(bytes: Uint8Array) {
        written.push(new TextDecoder().decode(bytes))
      }
    }
    const { all } = component.instantiate({
      ...IO,
      'wasi:io/streams@0.2.12': { OutputStream, InputStream: class {} },
      'wasi:cli/stderr@0.2.12': { getStderr: () => new OutputStream() },
      'wasi:clocks/wall-clock@0.2.12': { now: () => ({ seconds: 1_700_000_000n, nanoseconds: 5_000_000 }) },
      'wasi:clocks/monotonic-clock@0.2.12': { now: () => 2_500_000n },
      'wasi:random/random@0.2.12': {
        getRandomBytes: (length: bigint) => new Uint8Array(Number(length)).fill(7),
        getRandomU64: () => 7n,
      },
    }).exports as Exports
    const [date, performance, random, byte, clock, sum] = all() as Float64Array
    expect([date, performance, byte, clock, sum]).toEqual([1_700_000_000_005, 2.5, 7, 1_700_000_000_005, 10])
    expect(random).toBeGreaterThanOrEqual(0)
    expect(random).toBeLessThan(1)
    expect(written.join('')).toBe('to stderr\nassertion failed: why\n')
  })

  it('files, by the longest granted directory, with the path in every error', async () => {
    const component = await buildGuest({
      wit: `package a:b; world w { import wasi:filesystem/preopens@0.2.12; export run: func(path: string) -> list<string>; }`,
      source: `
        import * as fs from './gen/std/fs'
        export function run(path: string): string[] {
          const text = fs.readText(path), list = fs.list(path), stat = fs.stat(path), wrote = fs.writeText(path, 'ä')
          return [
            text.isOk ? text.value : text.error,
            list.isOk ? list.value.map<string>((entry) => entry.name + (entry.isDirectory ? '/' : '')).join() : list.error,
            stat.isOk ? stat.value.size.toString() : stat.error,
            wrote.isOk ? 'written' : wrote.error,
          ]
        }`,
    })
    const opened: string[] = []
    let written = new Uint8Array()
    class DirectoryEntryStream {
      entries = [
        { type: 'regular-file', name: 'x' },
        { type: 'directory', name: 'y' },
      ]
      readDirectoryEntry() {
        return this.entries.shift()
      }
    }
    class Descriptor {
      constructor(readonly path: string) {}
      openAt(_: unknown, path: string) {
        opened.push(`${this.path} ${path}`)
        if (path === 'none') throw new ComponentError('no-entry')
        return new Descriptor(path)
      }
      /** In two parts, as a host may give less than was asked for. */
      read(_: bigint, offset: bigint) {
        const bytes = new TextEncoder().encode('grüße')
        return [bytes.slice(Number(offset), Number(offset) + 3), offset + 3n >= bytes.length]
      }
      write(bytes: Uint8Array) {
        written = bytes.slice()
        return BigInt(bytes.length)
      }
      statAt(_: unknown, path: string) {
        if (path === 'none') throw new ComponentError('no-entry')
        return { type: 'regular-file', linkCount: 1n, size: 42n }
      }
      readDirectory() {
        return new DirectoryEntryStream()
      }
    }
    const { run } = component.instantiate({
      ...IO,
      'wasi:io/streams@0.2.12': { OutputStream: class {}, InputStream: class {} },
      'wasi:clocks/wall-clock@0.2.12': {},
      'wasi:filesystem/types@0.2.12': { Descriptor, DirectoryEntryStream },
      'wasi:filesystem/preopens@0.2.12': {
        getDirectories: () => [
          [new Descriptor('A'), '/data'],
          [new Descriptor('B'), '/data/deep/'],
        ],
      },
    }).exports as Exports
    expect(run('/data/a.txt')).toEqual(['grüße', 'x,y/', '42', 'written'])
    expect(written).toEqual(new TextEncoder().encode('ä'))
    expect(run('/data/none')).toEqual([
      '/data/none: no-entry',
      '/data/none: no-entry',
      '/data/none: no-entry',
      '/data/none: no-entry',
    ])
    run('/data/deep/b/c')
    run('/data')
    expect(new Set(opened)).toEqual(new Set(['A a.txt', 'A none', 'B b/c', 'A .']))
    expect(run('/database')[0]).toBe('/database: no granted directory holds it')
  })
})
