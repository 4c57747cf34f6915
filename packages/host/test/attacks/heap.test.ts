import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHost } from '@wasm-plugin/host'
import { expect, it } from 'vitest'
import { isWhole } from '../../../../test/seed.js'
import { attack } from '../helpers/attack.js'
import { assemble, outcomeOf } from '../helpers/guests.js'
import { runChild } from '../helpers/run-heap-child.js'
import { tempDir } from '../helpers/wasi.js'

const byMessage = process.env.WASM_PLUGIN_LANE === 'off'

/** A kind of value, made of `bytes` of memory that a pattern fills, and its weight in lifted values. */
interface Kind {
  readonly type: string
  /** Bytes of one element in memory. */
  readonly size: number
  /** Lifted values that one element counts for. */
  readonly weight: number
  /** Eight bytes that the memory is filled with. */
  readonly fill?: bigint
  readonly options?: string
  /** The same from the application's side. */
  readonly item?: unknown
}

/** Pointer 65,536 and length 32: the text is the same pattern, and no character of it is in one byte alone. */
const TEXTS = (32n << 32n) | 0x10000n
const WIDE = 0xbcc5_bcc5_bcc5_bcc5n
const long = 'n'.repeat(3_000)

const kinds: Record<string, Kind> = {
  'text of ASCII': { type: 'string', size: 1, weight: 1 / 32, fill: 0x6161_6161_6161_6161n, item: 'a' },
  'text of two bytes each': { type: 'string', size: 1, weight: 1 / 32, fill: WIDE },
  // U+FFFD, U+FFFD and two more: it has to be read twice.
  'text of replacements': { type: 'string', size: 1, weight: 1 / 32, fill: 0x6161_bdbf_efbd_bfefn },
  'UTF-16': {
    type: 'string',
    size: 2,
    weight: 1 / 16,
    fill: 0x017c_017c_017c_017cn,
    options: 'string-encoding=utf16',
  },
  'Latin-1': {
    type: 'string',
    size: 1,
    weight: 1 / 32,
    fill: 0xe9e9_e9e9_e9e9_e9e9n,
    options: 'string-encoding=latin1+utf16',
  },
  bools: { type: '(list bool)', size: 1, weight: 1, item: true },
  texts: { type: '(list string)', size: 8, weight: 3, fill: TEXTS, item: 'x'.repeat(32) },
  'empty texts': { type: '(list string)', size: 8, weight: 2, item: '' },
  'empty lists': { type: '(list (list bool))', size: 8, weight: 2, item: [] },
  'empty arrays': { type: '(list (list u8))', size: 8, weight: 5 },
  pairs: {
    type: '(list (tuple f64 f64))',
    size: 16,
    weight: 4,
    fill: 0x3ff8_0000_0000_0001n,
    item: [1.5, 2.5],
  },
  'large integers': {
    type: '(list (tuple u64 u64))',
    size: 16,
    weight: 4,
    fill: 0x7ff8_0000_0000_0001n,
    item: [2n ** 60n, 1n],
  },
  records: { type: '(list $six)', size: 8, weight: 8 },
  variants: { type: '(list $cases)', size: 2, weight: 2 + 1 + (3_000 >> 5) },
  flags: { type: '(list $flags)', size: 4, weight: 34, fill: 0x5555_5555_5555_5555n },
  options: { type: '(list (option f64))', size: 16, weight: 3, fill: 1n },
}

const labels = Array.from({ length: 32 }, (_, i) => `"f${i}"`).join(' ')
const types = `
  (type $six' (record ${[...'abcdef'].map((name) => `(field "${name}" bool)`).join(' ')}))
  (export $six "six" (type $six'))
  (type $cases' (variant (case "${long}") (case "with" bool)))
  (export $cases "cases" (type $cases'))
  (type $flags' (flags ${labels}))
  (export $flags "flags" (type $flags'))`

/** What the plugin does with a value of the kind. */
type Way = 'answers' | 'fails' | 'asks' | 'echoes'

const fill = (pattern: bigint, bytes: number) => `
  (local.set $at (i32.const 65536))
  (loop $l
    (i64.store (local.get $at) (i64.const ${BigInt.asIntN(64, pattern)}))
    (local.set $at (i32.add (local.get $at) (i32.const 8)))
    (br_if $l (i32.lt_u (local.get $at) (i32.const ${65_536 + bytes}))))`

/** A component whose `run` does it with `count` elements. */
function component({ type, size, fill: pattern, options = '' }: Kind, way: Way, count: number): string {
  const bytes = Math.ceil((count * size) / 8) * 8
  const pages = way === 'echoes' ? 3_000 : 2 + Math.ceil(bytes / 65_536)
  const value = `(i32.const 65536) (i32.const ${count})`
  const filled = pattern === undefined ? '' : fill(pattern, bytes)
  const returned = (at: number) => `(i32.store (i32.const ${at}) (i32.const 65536))
    (i32.store (i32.const ${at + 4}) (i32.const ${count})) (i32.const 16)`
  const [signature, params, body] = {
    answers: [`(result ${type})`, '', `${filled} ${returned(16)}`],
    fails: [
      `(result (result (error ${type})))`,
      '',
      `${filled} (i32.store8 (i32.const 16) (i32.const 1)) ${returned(20)}`,
    ],
    asks: ['(result string)', '', `${filled} (call $give ${value}) (i32.const 16)`],
    echoes: [
      `(param "v" ${type}) (result ${type})`,
      '(param $p i32) (param $n i32)',
      '(call $give (local.get $p) (local.get $n) (i32.const 16)) (i32.const 16)',
    ],
  }[way] as [string, string, string]
  const answer = way === 'echoes' ? `(result ${type})` : ''
  const isHost = way === 'asks' || way === 'echoes'
  const canon = `(memory $memory) (realloc $realloc) ${options}`
  return `(component
    ${isHost ? `(import "give" (func $give (param "v" ${type}) ${answer}))` : types}
    (core module $libc
      (memory (export "memory") ${pages})
      (global $next (mut i32) (i32.const 65536))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
        (global.set $next (i32.add (local.get $at) (local.get 3)))
        (local.get $at)))
    (core instance $libc (instantiate $libc))
    (alias core export $libc "memory" (core memory $memory))
    (alias core export $libc "realloc" (core func $realloc))
    ${isHost ? `(core func $give (canon lower (func $give) ${canon}))` : ''}
    (core module $m
      (import "libc" "memory" (memory 1))
      ${isHost ? `(import "host" "give" (func $give (param i32 i32${way === 'echoes' ? ' i32' : ''})))` : ''}
      (func (export "run") ${params} (result i32) (local $at i32) ${body}))
    (core instance $i (instantiate $m
      (with "libc" (instance $libc))
      ${isHost ? '(with "host" (instance (export "give" (func $give))))' : ''}))
    (func (export "run") ${signature} (canon lift (core func $i "run") ${canon})))`
}

/** Lifted values that a heap has room for; a few are left for what is around. */
const room = (heapBytes: number) => Math.floor((heapBytes - (32 << 20) - heapBytes / 8) / 192) - 16
const MAX_BYTES = 64 << 20

interface Case {
  readonly name: string
  readonly expected: string
  readonly file: string
  readonly args: readonly unknown[]
}

/** Every kind in every way, with as many elements as there is room for, and with some more. */
async function cases(heapBytes: number, ways: (kind: Kind) => Way[]): Promise<Case[]> {
  const dir = tempDir()
  const all: Case[] = []
  const add = async (name: string, kind: Kind, { way, count }: { way: Way; count: number }) => {
    const file = join(dir, `${all.length}.wasm`)
    writeFileSync(file, await assemble(component(kind, way, count)))
    const args = way === 'echoes' ? [{ item: kind.item, count }] : []
    return { name: `${name}, ${way}, ${count}`, file, args }
  }
  for (const [name, kind] of Object.entries(kinds)) {
    const most = Math.min(Math.floor(room(heapBytes) / kind.weight), MAX_BYTES / kind.size)
    // Whole patterns, so that no character is cut.
    const count = most - (most % 8)
    const more = count + 800 + Math.ceil(count / 800) * 8
    for (const way of ways(kind)) {
      all.push({ ...(await add(name, kind, { way, count })), expected: way === 'fails' ? 'err' : 'ok' })
      // What the application passes is its own mistake.
      const code = way === 'echoes' ? 'VALUE_TOO_LARGE' : 'LIMIT_EXCEEDED'
      all.push({ ...(await add(name, kind, { way, count: more })), expected: code })
    }
  }
  return all
}

function waysOf({ type, item }: Kind): Way[] {
  if (type.includes('$')) return ['answers', 'fails']
  return item === undefined ? ['answers', 'fails', 'asks'] : ['answers', 'fails', 'asks', 'echoes']
}

attack(
  'E70',
  'Makes its thread allocate as much as there is room for, and more, in every kind of value',
  'what fits passes, the rest is refused before it is made; the process lives',
  async () => {
    // The default, which takes half a minute, and once is enough: what is so large goes by message everywhere.
    const large = [512 << 20, (kind: Kind) => waysOf(kind).slice(-1)] as const
    for (const [heapBytes, ways] of [
      [64 << 20, waysOf] as const,
      ...(isWhole && !byMessage ? [large] : []),
    ]) {
      const all = await cases(heapBytes, ways)
      const { outcomes, code } = await runChild({ heapBytes, cases: all })
      expect(outcomes).toEqual(all.map(({ name, expected }) => [name, expected]))
      expect(code).toBe(0)
    }
  },
  600_000,
)

it('refuses limits that the heap has no room for', async () => {
  await expect(createHost({ limits: { heapBytes: (64 << 20) - 1 } })).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
  })
  const limits = { heapBytes: 96 << 20, liftedValues: 400_000 }
  await expect(createHost({ limits })).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
    message:
      'invalid option createHost.limits.liftedValues: 400000 values need a heap of 126119351 bytes, and heapBytes is 100663296',
  })
  const host = await createHost({ limits: { ...limits, heapBytes: 121 << 20 } })
  const less = host.load(new Uint8Array(), { limits: { heapBytes: 120 << 20 } })
  expect(await outcomeOf(less)).toBe('OPTIONS_INVALID')
  await host.close()
})
