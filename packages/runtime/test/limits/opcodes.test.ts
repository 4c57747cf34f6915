import { atOnce, compileCostSteps, meterCoreModule } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { engines, validate } from './engines.js'
import { codeOf, wat } from './wat.js'

/*
 * The engine itself says which opcodes exist and how long their immediates are: each opcode, assigned or not, is
 * tried with immediates of every plausible form, in code that cannot run, where operands of any type check. What
 * the engine accepts must be metered, and accepted again.
 */

const PREFIXED: readonly (readonly [prefix: number, count: number])[] = [
  [0xfb, 0x40],
  [0xfc, 0x20],
  [0xfd, 0x120],
  [0xfe, 0x50],
]

const SMALL = [0, 1, 2, 3, 4, 5]

const IMMEDIATES: readonly (readonly number[])[] = [
  [],
  ...SMALL.map((i) => [i]),
  ...SMALL.flatMap((i) => SMALL.map((j) => [i, j])),
  [0, 0, 0],
  [0x40, 0, 0], // an alignment that says that a memory index follows
  [0x40],
  [0x70],
  [0x6e],
  [1, 0x70], // a vector of one type
  [0x40, 0], // a block type and no catch clauses
  [0x40, 1, 0, 0, 0],
  [0x40, 1, 2, 0],
  [3, 0, 0x6e, 0x6d], // a branch on a cast from any to eq
  [0, 0x70, 0x70],
  Array(4).fill(0),
  Array(8).fill(0),
  Array(16).fill(0),
]

/** Code before and behind the instruction, that opens and closes what it closes and opens. */
const PLACES: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[], [0x0b]],
  [[0x04, 0x40], [0x0b]], // in an `if`
  [[0x06, 0x40], [0x0b]], // in a `try`
  [
    [0x06, 0x40, 0x07, 0],
    [0x00, 0x0b],
  ], // in a handler
  [[0x06, 0x40], []], // as the end of a `try`
]

const TEMPLATES = [
  `(module (type (func)) (table 1 funcref) (memory 1) (global (mut i32) i32.const 0) (tag (type 0))
    (func (type 0)) (elem func 0) (data "x"))`,
  `(module (type (func)) (type (array (mut i32))) (type (struct (field (mut i32)))) (type (array (mut funcref)))
    (type (array (mut i8))) (type (struct (field (mut i8))))
    (table 1 funcref) (memory 1) (global (mut i32) i32.const 0) (tag (type 0))
    (func (type 0)) (elem func 0) (data "x"))`,
]

describe('every opcode', () => {
  for (const { name, path } of engines) {
    it(`that ${name} accepts is metered, and accepted again`, async () => {
      const probes = await allProbes()
      const accepted = validate(
        path,
        probes.map(({ bytes }) => bytes),
      )
      const valid = probes.filter((_, i) => accepted[i])
      const sleeping = valid.filter(({ opcode }) => opcode === 'fe 1' || opcode === 'fe 2')
      for (const { bytes } of sleeping)
        expect(codeOf(() => meterCoreModule(bytes))).toBe('UNSUPPORTED_FEATURE')
      const rest = valid.filter((probe) => !sleeping.includes(probe))
      for (const { opcode, bytes } of rest)
        expect([opcode, codeOf(() => atOnce(compileCostSteps(bytes, 0)))]).toEqual([opcode, 'no error'])
      const metered = validate(
        path,
        rest.map(({ bytes }) => meterCoreModule(bytes)),
      )
      expect(rest.filter((_, i) => !metered[i]).map(({ opcode }) => opcode)).toEqual([])
      // 200 of WebAssembly 2.0, 236 of SIMD, 67 of threads: the probes do reach them.
      expect(new Set(valid.map(({ opcode }) => opcode)).size).toBeGreaterThan(500)
    }, 120_000)
  }
})

interface Probe {
  opcode: string
  bytes: Uint8Array
}

async function allProbes(): Promise<Probe[]> {
  const probes: Probe[] = []
  for (const template of await Promise.all(TEMPLATES.map(wat))) {
    for (let code = 0; code < 0xfb; code++) {
      for (const [before, behind] of code < 0x20 ? PLACES : PLACES.slice(0, 1)) {
        for (const immediates of IMMEDIATES) {
          const body = [0x00, ...before, 0x00, code, ...immediates, 0x00, ...behind]
          probes.push({ opcode: code.toString(16), bytes: withBody(template, body) })
        }
      }
    }
    for (const [prefix, count] of PREFIXED) {
      for (let code = 0; code < count; code++) {
        for (const immediates of IMMEDIATES) {
          const body = [0x00, prefix, (code & 0x7f) | 0x80, code >> 7, ...immediates, 0x00]
          probes.push({
            opcode: `${prefix.toString(16)} ${code.toString(16)}`,
            bytes: withBody(template, body),
          })
        }
      }
    }
  }
  return probes
}

/** The template with another body of its one function; without locals, `end` added. */
function withBody(template: Uint8Array, code: readonly number[]): Uint8Array {
  const body = [0, ...code, 0x0b]
  const section = [10, body.length + 2, 1, body.length, ...body]
  let at = 8
  while (template[at] !== 10) at += 2 + template[at + 1]!
  return Uint8Array.of(
    ...template.subarray(0, at),
    ...section,
    ...template.subarray(at + 2 + template[at + 1]!),
  )
}
