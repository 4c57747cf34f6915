// Builds dwarf.wasm: `node dwarf/build.mjs`, or `--check` to compare a rebuild with the file that is here.
// Needs the pinned rustc with the target; adds the target with rustup where it can.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { clampCoreModule, meterCoreModule } from '@wasm-plugin/runtime/internal'
import { rustModule, whyNotRust } from '../../../scripts/lib/rust-module.mjs'

/** What the largest debug information that is read takes, and what is made of it. */
const MEMORY_BYTES = 512 << 20
const here = path.dirname(fileURLToPath(import.meta.url))
export const MODULE = path.join(here, 'dwarf.wasm')

/** Why the module cannot be rebuilt here, or null. */
export function whyNot() {
  return whyNotRust('dwarf.wasm')
}

/** The module's bytes, metered and with a bounded memory. */
export function rebuild() {
  const core = rustModule(here, 'wasm_plugin_dwarf')
  const clamped = clampCoreModule(core, { memoryBytes: MEMORY_BYTES, tableElements: 10_000 })
  return Buffer.from(meterCoreModule(clamped))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const reason = whyNot()
  if (reason !== null) throw new Error(`dwarf.wasm cannot be rebuilt: ${reason}`)
  const bytes = rebuild()
  if (!process.argv.includes('--check')) writeFileSync(MODULE, bytes)
  else if (!bytes.equals(readFileSync(MODULE))) throw new Error('a rebuild gives other bytes')
}
