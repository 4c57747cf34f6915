import { readFile } from 'node:fs/promises'
import { Component, ComponentError, type ExternType, PluginError } from '@wasm-plugin/runtime'
import { parseFunctionName } from '@wasm-plugin/runtime/internal'
import { beforeAll, expect, it } from 'vitest'
import { SEED, tries } from '../../../test/seed.js'
import { FIXTURES, mutations } from './binary/fixtures.js'
import { binary } from './binary/wat.js'

const MUTANTS = tries(2_000)
/** Whole guests of the host's tests, beside the small components. */
const GUESTS = ['kitchen', 'storing', 'world-functions']

let originals: Uint8Array[]
beforeAll(async () => {
  const guests = GUESTS.map((name) =>
    readFile(new URL(`../../host/test/guests/${name}.wat`, import.meta.url), 'utf8'),
  )
  originals = await Promise.all([...FIXTURES, ...(await Promise.all(guests))].map(binary))
})

/** What may come of a mutant anywhere: an error that is coded, or the `err` of a result. */
function requireCoded(error: unknown): void {
  if (!PluginError.is(error) && !ComponentError.is(error)) throw error
}

const VALUES = [
  0,
  1,
  -1,
  1n,
  1.5,
  true,
  'text',
  'x'.repeat(70_000),
  [],
  ['a'],
  {},
  { tag: 'ok' },
  null,
  undefined,
]

/** What an application gives for an import: functions that answer with any value, and classes. */
function given(type: ExternType, value: () => unknown): unknown {
  if (type.kind === 'func') return () => value()
  if (type.kind === 'type') return class {}
  if (type.kind !== 'instance') return undefined
  const object: Record<string, unknown> = {}
  for (const [name, item] of type.exports) {
    const parsed = parseFunctionName(name)
    if (item.kind === 'func' && parsed.kind === 'plain') object[parsed.member] = () => value()
    if (item.kind === 'type') object[name.charAt(0).toUpperCase() + name.slice(1)] = class {}
  }
  return object
}

function* functionsOf(
  exports: Readonly<Record<string, unknown>>,
): Generator<(...args: unknown[]) => unknown> {
  for (const item of Object.values(exports)) {
    if (typeof item === 'function') yield item as (...args: unknown[]) => unknown
    else if (typeof item === 'object' && item !== null) yield* functionsOf(item as Record<string, unknown>)
  }
}

/** How far a mutant came. */
async function live(bytes: Uint8Array, value: () => unknown): Promise<'refused' | 'unlinked' | 'ran'> {
  let component: Component
  try {
    const memory = { memoryBytes: 64 << 20, tableElements: 1_000 }
    component = await Component.compile(bytes, { fuel: true, memory })
  } catch (error) {
    requireCoded(error)
    return 'refused'
  }
  try {
    const imports = Object.fromEntries(
      [...component.imports].map(([name, type]) => [name, given(type, value)]),
    )
    const instance = component.instantiate(imports, {
      fuel: 20_000,
      limits: { valueBytes: 1 << 20, liftedValues: 10_000 },
    })
    for (const call of functionsOf(instance.exports)) {
      try {
        instance.fuel?.refill(20_000)
        const args = Array.from({ length: call.length }, value)
        if (/^class\b/.test(String(call))) Reflect.construct(call, args)
        else call(...args)
      } catch (error) {
        requireCoded(error)
      }
    }
    return 'ran'
  } catch (error) {
    requireCoded(error)
    return 'unlinked'
  }
}

it(
  `${MUTANTS} mutants are refused or run, and whatever comes of them is coded (seed ${SEED})`,
  async () => {
    const mutate = mutations(originals, SEED)
    const count = { refused: 0, unlinked: 0, ran: 0 }
    for (let i = 0; i < MUTANTS; i++) {
      const bytes = mutate()
      let at = i
      const value = () => VALUES[at++ % VALUES.length]
      try {
        count[await live(bytes, value)]++
      } catch (error) {
        expect.fail(`mutant ${i} of seed ${SEED}: ${error instanceof Error ? error.stack : error}`)
      }
    }
    expect(count.refused).toBeGreaterThan(0)
    expect(count.ran).toBeGreaterThan(0)
    if (MUTANTS > 2_000) console.log(count)
    for (const original of originals) expect(await live(original, () => 0)).not.toBe('refused')
  },
  tries(60_000),
)
