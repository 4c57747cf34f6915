import { componentWit } from '@bytecodealliance/jco-transpile/wasm-tools'
import { PluginError } from '@wasm-plugin/runtime'
import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { expect, it } from 'vitest'
import { SEED, tries } from '../../../../test/seed.js'
import { FIXTURES, mutations } from './fixtures.js'
import { binary } from './wat.js'

const INPUTS = tries(20_000)

it(
  `accepts nothing that wasm-tools refuses, in ${INPUTS} mutations (seed ${SEED})`,
  async () => {
    const mutate = mutations(await Promise.all(FIXTURES.map(binary)), SEED)
    let compared = 0
    for (let i = 0; i < INPUTS; i++) {
      const bytes = mutate()
      if (!accepted(bytes)) continue
      compared++
      expect(await validationError(bytes), `input ${i}`).toBeNull()
    }
    expect(compared).toBeGreaterThan(INPUTS / 100)
  },
  tries(120_000),
)

/** Accepted by the decoder, and by the engine, which validates the code of core modules. */
function accepted(bytes: Uint8Array): boolean {
  try {
    return decodeComponent(bytes).coreModules.every((module) => WebAssembly.validate(module.bytes.slice()))
  } catch (error) {
    if (PluginError.is(error)) return false
    throw error
  }
}

/** wasm-tools validates before it reads the WIT. Only the validator's messages carry an offset. */
async function validationError(bytes: Uint8Array): Promise<string | null> {
  try {
    await componentWit(bytes)
    return null
  } catch (error) {
    // A fault of the tool itself would leave it answering nothing from then on.
    if (error instanceof WebAssembly.RuntimeError) throw error
    const message = String((error as { payload?: unknown }).payload ?? error)
    if (message.includes('cannot enter')) throw error
    return /\(at offset 0x/.test(message) ? message : null
  }
}
