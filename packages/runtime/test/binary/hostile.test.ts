import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { beforeAll, describe, expect, it } from 'vitest'
import { SEED, tries } from '../../../../test/seed.js'
import { FIXTURES, mutations } from './fixtures.js'
import { binary, refusal } from './wat.js'

const FLIPPED = tries(50_000)

let fixtures: Uint8Array[]
beforeAll(async () => {
  fixtures = await Promise.all(FIXTURES.map(binary))
})

/** Fails on anything but a coded error or a decoded component. */
function survives(bytes: Uint8Array): void {
  expect(refusal(bytes)).toMatch(/^(accepted|[A-Z_]+: )/)
}

describe('hostile bytes', () => {
  it('are refused at every truncation that does not end between sections', () => {
    for (const fixture of fixtures) {
      expect(refusal(fixture)).toBe('accepted')
      for (let size = 0; size < fixture.length; size++) survives(fixture.subarray(0, size))
    }
    const [first] = fixtures
    expect(refusal(first!.subarray(0, first!.length - 1))).toMatch(/^MALFORMED_COMPONENT/)
  })

  it(
    `survive ${FLIPPED} mutations (seed ${SEED}), and the next good one decodes`,
    () => {
      const mutate = mutations(fixtures, SEED)
      for (let i = 0; i < FLIPPED; i++) {
        const bytes = mutate()
        const outcome = refusal(bytes)
        if (!/^(accepted|[A-Z_]+: )/.test(outcome)) expect.fail(`input ${i}: ${outcome}`)
      }
      for (const fixture of fixtures) decodeComponent(fixture)
    },
    tries(60_000),
  )

  it('have no hold on the checks after they were read', () => {
    if (typeof SharedArrayBuffer === 'undefined') return
    const [first] = fixtures
    const shared = new Uint8Array(new SharedArrayBuffer(first!.length))
    shared.set(first!)
    const { coreModules } = decodeComponent(shared)
    const before = coreModules[0]!.bytes.slice()
    shared.fill(0)
    expect(coreModules[0]!.bytes).toEqual(before)
  })
})
