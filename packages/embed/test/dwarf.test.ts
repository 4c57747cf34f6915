import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { MODULE, rebuild, whyNot } from '../dwarf/build.mjs'

/** Compiling the crates takes a minute, and gives the same on every Node. */
const missing =
  process.env.CI === 'true' && process.versions.node.startsWith('20.')
    ? whyNot()
    : 'CI rebuilds it on Node 20; here `node dwarf/build.mjs --check` does'

it.skipIf(missing !== null)(
  `what reads debug information is what its source makes${missing === null ? '' : ` (${missing})`}`,
  () => {
    expect(rebuild().equals(readFileSync(MODULE))).toBe(true)
  },
  600_000,
)
