import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import type { ValueType } from '@wasm-plugin/runtime'
import { Component, ComponentError } from '@wasm-plugin/runtime'
import { describe, expect, it } from 'vitest'
import { SEED, tries } from '../../../../test/seed.js'
import { type Encoding, echoWat } from './echo.js'
import { Random, randomType, randomValue } from './random.js'
import { TypeText } from './type-text.js'

const TYPES = tries(120)
const VALUES = 40

describe.each([true, false])('random values through random types (generated code: %s)', (codeGeneration) => {
  it.each<Encoding>(['utf8', 'utf16', 'latin1+utf16'])(
    `come back as they were, seed ${SEED}: %s`,
    async (encoding) => {
      const random = new Random(SEED)
      for (let i = 0; i < TYPES; i++) {
        const type = randomType(random, 1 + (i % 4))
        const { echo, seen } = await instantiateEcho(type, encoding, codeGeneration)
        for (let j = 0; j < VALUES; j++) {
          const value = randomValue(random, type)
          seen.length = 0
          const result = outcome(() => echo(value))
          const expected = type.kind === 'result' ? outcomeOf(value as Outcome) : { ok: value }
          expect({ result, seen }).toEqual({ result: expected, seen: [value] })
        }
      }
    },
  )
})

interface Outcome {
  readonly tag: 'ok' | 'err'
  readonly val: unknown
}

function outcomeOf({ tag, val }: Outcome) {
  return { [tag]: val }
}

function outcome(call: () => unknown) {
  try {
    return { ok: call() }
  } catch (error) {
    if (ComponentError.is(error)) return { err: error.payload }
    throw error
  }
}

async function instantiateEcho(type: ValueType, encoding: Encoding, codeGeneration: boolean) {
  const writer = new TypeText()
  const text = writer.text(type)
  const component = await Component.compile(
    await parse(echoWat(type, { type: text, encoding, definitions: writer.definitions.join('\n') })),
  )
  const seen: unknown[] = []
  const pass = (value: unknown) => {
    seen.push(value)
    if (type.kind !== 'result') return value
    const { tag, val } = value as Outcome
    if (tag === 'ok') return val
    throw new ComponentError(val)
  }
  const { exports } = component.instantiate({ pass }, { codeGeneration })
  return { echo: exports.echo as (value: unknown) => unknown, seen }
}
