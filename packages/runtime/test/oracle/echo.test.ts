import { isDeepStrictEqual } from 'node:util'
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { Component, ComponentError, type ImportObject, type ValueType } from '@wasm-plugin/runtime'
import { casesOf, flattenType, joinFlat } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { SEED, tries } from '../../../../test/seed.js'
import { type Encoding, echoWat } from '../abi/echo.js'
import { Random, randomType, randomValue } from '../abi/random.js'
import { TypeText } from '../abi/type-text.js'
import { type Echo, instantiateByJco } from './jco.js'

/** Each value crosses four times in each engine. */
const VALUES = tries(100_000)
const VALUES_PER_TYPE = 800
const ENCODINGS: readonly Encoding[] = ['utf8', 'utf16']

describe('against jco', () => {
  it(`${VALUES} random values mean the same in both engines, seed ${SEED}`, {
    timeout: tries(180_000),
  }, async () => {
    const random = new Random(SEED)
    let compared = 0
    for (let round = 0; compared < VALUES; round++) {
      const type = randomType(random, 1 + (round % 4))
      if (!isComparable(type)) continue
      const bytes = await parse(echoText(type, ENCODINGS[round % ENCODINGS.length]!))
      const ours = new Recorder(type)
      const theirs = new Recorder(type)
      const echoes = {
        ours: (await Component.compile(bytes)).instantiate({ pass: ours.pass } as ImportObject).exports
          .echo as Echo,
        theirs: (await instantiateByJco(bytes, theirs.pass)).echo!,
      }
      for (let i = 0; i < VALUES_PER_TYPE; i++, compared++) {
        const value = randomValue(random, type)
        const a = ours.record(echoes.ours, value)
        const b = theirs.record(echoes.theirs, value)
        if (!isDeepStrictEqual(a, b)) expect({ round, type, ...a }).toEqual({ round, type, ...b })
      }
    }
    expect(compared).toBeGreaterThanOrEqual(VALUES)
  })
})

function echoText(type: ValueType, encoding: Encoding): string {
  const writer = new TypeText()
  const text = writer.text(type)
  return echoWat(type, { type: text, encoding, definitions: writer.definitions.join('\n') })
}

/** The host's side of one engine: answers `pass` with what it was given, and keeps it. */
class Recorder {
  private seen: unknown

  constructor(private readonly type: ValueType) {}

  readonly pass: Echo = (value) => {
    this.seen = value
    if (this.type.kind !== 'result') return value
    const { tag, val } = value as { tag: string; val: unknown }
    if (tag === 'ok') return val
    // Both engines know an error value by its property `payload`.
    throw new ComponentError(val)
  }

  record(echo: Echo, value: unknown) {
    this.seen = undefined
    try {
      return { result: echo(value), seen: this.seen }
    } catch (error) {
      if (ComponentError.is(error)) return { payload: error.payload, seen: this.seen }
      if (error instanceof Error || this.type.kind !== 'result') throw error
      return { payload: error, seen: this.seen }
    }
  }
}

/**
 * Whether both engines read the specification alike for `type`. They differ on a variant whose cases share a 64-bit
 * core value with a 32-bit one, where the upper half is the sign in one and zero in the other.
 */
function isComparable(type: ValueType): boolean {
  switch (type.kind) {
    case 'list':
      return isComparable(type.element)
    case 'record':
      return type.fields.every((field) => isComparable(field.type))
    case 'tuple':
      return type.items.every(isComparable)
    case 'variant':
    case 'option':
    case 'result': {
      const payloads = casesOf(type).flatMap((c) => (c.type === null ? [] : [c.type]))
      const flats = payloads.map((payload) => flattenType(payload) ?? [])
      const shared = flats.reduce<string[]>((joined, flat) => {
        flat.forEach((part, i) => {
          joined[i] = i in joined ? joinFlat(joined[i] as typeof part, part) : part
        })
        return joined
      }, [])
      return (
        flats.every((flat) => flat.every((part, i) => part === shared[i])) && payloads.every(isComparable)
      )
    }
    default:
      return true
  }
}
