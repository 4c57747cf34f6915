import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools'
import {
  dwarfModule,
  type EngineFrame,
  engineFrames,
  FrameFinder,
  FunctionFinder,
  ModuleSourceMap,
  saidFrames,
} from '@wasm-plugin/embed/internal'
import { createHost, type Frame, PluginError } from '@wasm-plugin/host'
import { isPlainText } from '@wasm-plugin/runtime/text'
import { beforeAll, describe, expect } from 'vitest'
import { seeds } from '../../../../test/seed.js'
import { attack } from '../helpers/attack.js'

const SOURCE = `static unsigned third(unsigned n) {
  return 10 / (n - 5);
}

unsigned second(unsigned n) {
  return third(n) + 1;
}

__attribute__((export_name("go"))) unsigned go(unsigned n) {
  return second(n) + 1;
}
`

/** As its types leave it out. */
type RunClang = (
  args: readonly string[],
  files: object,
  options: object,
) => Promise<Record<string, Uint8Array>>

/** A component in C with debug information. */
async function built(): Promise<Uint8Array> {
  const args = [
    '-g',
    '-nostdlib',
    '-Wl,--no-entry',
    '-fdebug-compilation-dir=.',
    'src/deep.c',
    '-o',
    'guest.wasm',
  ]
  const { runClang } = (await import('@yowasp/clang')) as unknown as { runClang: RunClang }
  const tree = await runClang(
    ['clang', '--target=wasm32', ...args],
    { src: { 'deep.c': SOURCE } },
    { stderr() {}, fetchProgress() {} },
  )
  const witSource = 'package a:b; world w { export go: func(n: u32) -> u32; }'
  return new Uint8Array(
    await componentNew(await componentEmbed({ binary: tree['guest.wasm'] as Uint8Array, witSource }), []),
  )
}

describe('debug information of a plugin', () => {
  let bytes: Uint8Array
  let stack: EngineFrame[]
  let reader: Uint8Array
  beforeAll(async () => {
    bytes = await built()
    reader = await dwarfModule()
    await using host = await createHost()
    const plugin = await host.load(bytes)
    const error = await plugin.call('go', [5]).catch((thrown: unknown) => thrown)
    if (!PluginError.is(error)) throw error
    expect(error.message).toContain('at third (src/deep.c:2:13)')
    stack = engineFrames(error.cause)
  }, 120_000)

  /** What is found for the same fault with other bytes. */
  const framesIn = (component: Uint8Array) =>
    new FrameFinder({ reader, component, sourceMap: null }, {}).find(stack)

  attack(
    'I1',
    'Brings debug information in which any bytes are others',
    'frames are others or have no place; the fault stays what it is, and reading ends',
    () => {
      for (const seed of seeds(60)) {
        const changed = withOthers(bytes, seed)
        for (const frame of framesIn(changed)) expectPlain(frame)
      }
    },
  )

  attack(
    'I24',
    'Brings debug information in which any bytes are others, and is profiled',
    'functions are others or have no place, and reading ends',
    () => {
      const finderOf = (component: Uint8Array) =>
        new FunctionFinder({ reader, component, sourceMap: null }, {})
      const first = finderOf(bytes)
      const starts = Array.from({ length: 1_000 }, (_, offset) => ({ name: '', offset })).filter(
        (each) => first.find([each])[0] !== undefined,
      )
      const known = first
        .find(starts)
        .map((found) => [found?.frame.function, found?.frame.file, found?.frame.line])
      expect(known).toContainEqual(['second', 'src/deep.c', 5])
      for (const seed of seeds(60)) {
        const changed = withOthers(bytes, seed)
        for (const found of finderOf(changed).find(starts)) expectPlain(found!.frame)
      }
      const long = finderOf(withLines(bytes, 40 << 20)).find(starts)
      expect(long.map((found) => found?.frame.function)).toEqual(known.map(([name]) => name))
    },
  )

  attack(
    'I2',
    'Names a function and a file in its debug information so that they drive a terminal and forge lines of a stack',
    'every such character is shown as what it is',
    () => {
      const replaced = (from: string, to: string) => {
        const changed = Buffer.from(bytes)
        for (let at = changed.indexOf(from); at >= 0; at = changed.indexOf(from, at + 1))
          changed.write(to, at)
        return changed
      }
      const names = framesIn(replaced('third\0', '\x1b[31m\0'))
      expect(names[0]).toMatchObject({ function: '\\u{1b}[31m', line: 2 })
      const files = framesIn(replaced('deep.c\0', 'a\n at \0'))
      expect(files[0]).toMatchObject({ file: 'src/a\\u{a} at ', line: 2 })
      const long = framesIn(replaced('src/deep.c', '../../../x'))
      for (const frame of [...names, ...files, ...long]) expectPlain(frame)
    },
  )

  attack(
    'I3',
    'Brings a table of lines that takes gigabytes and minutes to read',
    'reading ends when its fuel or its memory does; later faults are not read again, and have their frames by name',
    () => {
      expect(framesIn(withLines(bytes, 1_000))).toEqual(framesIn(bytes))
      const frames = framesIn(withLines(bytes, 40 << 20))
      expect(frames.map(({ function: name, file }) => [name, file])).toEqual([
        ['third', null],
        ['second', null],
        ['go', null],
      ])
    },
  )

  attack(
    'I4',
    'Writes to stderr what looks like the stack of an uncaught exception, with what drives a terminal',
    'frames are what it says of itself, shown as what it is, in no more time than it takes to read',
    () => {
      const hostile = '\u001b[31m\u202e'
      const [frame] = saidFrames(['Uncaught Error: x', `    at ${hostile} (${hostile}/a.js:3:4)`])
      expect(frame).toMatchObject({ line: 3, column: 4, language: 'javascript' })
      expectPlain(frame!)
      for (const line of ['(', ' at (', 'panicked at ', 'abort:  (', ':1:1'])
        expect(saidFrames(['Uncaught x', line.repeat(100_000), `thread '${line.repeat(100_000)}`])).toEqual(
          [],
        )
    },
  )

  attack(
    'I5',
    'Brings a source map that is none, has no end, or leads anywhere',
    'it is read as far as it makes sense, and leads nowhere else',
    () => {
      for (const text of ['', '{', '[]', 'null', '{"version":3}', '{"version":3,"sources":{},"mappings":5}'])
        expect(ModuleSourceMap.read(text)).toBeNull()
      for (const mappings of [
        '!',
        'A'.repeat(1_000_000),
        'gggggggggggggggggggB',
        ',,,,;AAAA',
        'ggggggD,AAAA',
        '5/////D',
      ])
        expect(
          ModuleSourceMap.read(JSON.stringify({ version: 3, sources: ['a.ts'], mappings }))?.find(1 << 20),
        ).toBeNull()
      const names = JSON.stringify({
        version: 3,
        sources: ['__proto__', 7, null],
        mappings: 'AAAA,CCAA,CCAA,CC9//AA',
      })
      const map = ModuleSourceMap.read(names)!
      expect([0, 1, 2, 3].map((offset) => map.find(offset)?.file)).toEqual([
        '__proto__',
        undefined,
        undefined,
        undefined,
      ])
    },
  )

  attack(
    'I20',
    'Names its functions so that they take gigabytes to write out, or minutes to read',
    'such a name is shown as it is, and the next one as its language writes it',
    () => {
      const finder = new FrameFinder({ reader, component: bytes, sourceMap: null }, {})
      const shown = (name: string) =>
        finder.find([{ module: 'another', name, func: 1 << 20, offset: 0 }])[0]?.function
      const blown = Array.from({ length: 30 }, (_, i) => `S_I${nth(i + 1)}${nth(i + 1)}E`).join('')
      for (const name of [
        `_Z1f1aIiiE${blown}`,
        `_RIC1aT${'B_'.repeat(400)}EE`,
        `_RIC1a${'T'.repeat(100)}${'B_'.repeat(400)}${'E'.repeat(101)}`,
        `_ZN${'1a'.repeat(200_000)}E`,
      ])
        expect(shown(name)).toBe(name.length > 300 ? `${name.slice(0, 300)}…` : name)
      expect(shown('_ZN3foo3barEi')).toBe('foo::bar(int)')
      expect(shown('_RNvC4site6render')).toBe('site::render')
      // A type, in a name that is mangled.
      for (const name of ['d', 'i', 'Z', 'PKc']) expect(shown(name)).toBe(name)
    },
  )

  attack(
    'I21',
    'Brings a source map whose files have names of megabytes',
    'no more than the beginning of one is looked at',
    () => {
      const sources = [`src/${'a/../'.repeat(1_000)}x.ts`]
      const sourceMap = JSON.stringify({ version: 3, sources, mappings: 'AAAA' })
      const [frame] = new FrameFinder({ reader, component: bytes, sourceMap }, {}).find(stack)
      expect(frame).toMatchObject({ file: 'src', line: 1 })
    },
  )

  attack(
    'I23',
    'Brings a source map of another module, which is longer than it',
    'no place is taken from it',
    () => {
      const fileBy = (mappings: string) => {
        const sourceMap = JSON.stringify({ version: 3, sources: ['a.ts'], mappings })
        return new FrameFinder({ reader, component: bytes, sourceMap }, {}).find(stack)[0]?.file
      }
      expect(fileBy('AAAA')).toBe('a.ts')
      expect(fileBy('AAAA,ggggCAAA')).toBe('src/deep.c')
    },
  )
})

/** Of at most 300 characters and an ellipsis, one of which may be shown as eight. */
function expectPlain({ function: name, file, line, column }: Frame) {
  for (const text of [name, file]) {
    if (text === null) continue
    expect(text.length).toBeLessThan(3_000)
    expect(isPlainText(text)).toBe(true)
  }
  for (const number of [line, column]) expect(number === null || Number.isSafeInteger(number)).toBe(true)
}

/** How a mangled name of C++ refers to what was in it before. */
function nth(index: number): string {
  return index === 0 ? 'S_' : `S${(index - 1).toString(36).toUpperCase()}_`
}

/** Section of a component that holds a core module. */
const CORE_MODULE = 1

/** The sections of a module or a component: where each is, and where its content begins and ends. */
function sectionsOf(bytes: Uint8Array): { id: number; start: number; from: number; to: number }[] {
  const sections = []
  for (let at = 8; at < bytes.length; ) {
    const [start, id] = [at, bytes[at]!]
    const [size, from] = leb(bytes, at + 1)
    at = from + size
    sections.push({ id, start, from, to: at })
  }
  return sections
}

function leb(bytes: Uint8Array, at: number): [value: number, end: number] {
  let value = 0
  for (let i = 0; ; i++) {
    value |= (bytes[at + i]! & 0x7f) << (7 * i)
    if (bytes[at + i]! < 0x80) return [value, at + i + 1]
  }
}

function section(id: number, ...parts: Uint8Array[]): Buffer {
  const size = parts.reduce((sum, { length }) => sum + length, 0)
  const head = [id]
  for (let rest = size; ; rest >>>= 7) {
    head.push(rest >= 0x80 ? (rest & 0x7f) | 0x80 : rest)
    if (rest < 0x80) return Buffer.concat([Uint8Array.from(head), ...parts])
  }
}

function coreOf(component: Uint8Array) {
  return sectionsOf(component).find(({ id }) => id === CORE_MODULE)!
}

/** Those of the program, as offsets in the component. */
function debugSections(component: Uint8Array): { name: string; from: number; to: number }[] {
  const { from: base, to: end } = coreOf(component)
  return sectionsOf(component.subarray(base, end)).flatMap(({ id, from, to }) => {
    if (id !== 0) return []
    const [length, start] = leb(component, base + from)
    const name = Buffer.from(component.subarray(start, start + length)).toString()
    return name.startsWith('.debug_') ? [{ name, from: start + length, to: base + to }] : []
  })
}

/** A component whose last table of lines goes on for so many rows. */
function withLines(component: Uint8Array, rows: number): Uint8Array {
  const core = coreOf(component)
  const { from, to } = debugSections(component).find(({ name }) => name === '.debug_line')!
  const longer = Buffer.alloc(to - from + rows, 0x4b)
  longer.set(component.subarray(from, to))
  let last = 0
  for (let next = 0; next < to - from; next += 4 + longer.readUInt32LE(next)) last = next
  longer.writeUInt32LE(longer.length - last - 4, last)
  const name = Buffer.from('\x0b.debug_line')
  const before = sectionsOf(component.subarray(core.from, core.to)).find((one) => core.from + one.to === to)!
  const module = [
    component.subarray(core.from, core.from + before.start),
    section(0, name, longer),
    component.subarray(to, core.to),
  ]
  return Buffer.concat([
    component.subarray(0, core.start),
    section(CORE_MODULE, ...module),
    component.subarray(core.to),
  ])
}

/** The same component, of whose debug information some bytes are others. */
function withOthers(bytes: Uint8Array, seed: number): Uint8Array {
  const sections = debugSections(bytes)
  const next = random(seed)
  const changed = Uint8Array.from(bytes)
  for (let count = 1 + next(20); count > 0; count--) {
    const { from, to } = sections[next(sections.length)]!
    changed[from + next(to - from)] = next(4) === 0 ? 0xff : next(256)
  }
  return changed
}

/** Random numbers below a bound, the same for the same seed (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}
