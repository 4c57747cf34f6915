import { readFileSync } from 'node:fs'
import { dwarfModule } from '@wasm-plugin/embed/internal'
import { describe, expect, it } from 'vitest'
import { MODULE, rebuild, whyNot } from '../dwarf/build.mjs'

/** Compiling the crates takes a minute. */
const missing =
  process.env.CI === 'true' ? whyNot() : 'CI rebuilds it; here `node dwarf/build.mjs --check` does'

describe('the module that reads debug information', () => {
  it('is in the package as it is, and imports nothing but the counter of its fuel', async () => {
    const bytes = readFileSync(MODULE)
    expect(Buffer.from(await dwarfModule()).equals(bytes)).toBe(true)
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes))
    expect(imports).toEqual([{ module: 'wasm-plugin', name: 'fuel', kind: 'global' }])
  })

  it.skipIf(missing !== null)(
    `is what its source makes${missing === null ? '' : ` (${missing})`}`,
    () => expect(rebuild().equals(readFileSync(MODULE))).toBe(true),
    1_800_000,
  )
})
