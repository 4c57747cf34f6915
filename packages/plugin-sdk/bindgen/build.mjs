// Builds bindgen.wasm: `node bindgen/build.mjs`, or `--check` to compare a rebuild with the file that is here.
// Needs the pinned rustc with the target; adds the target with rustup where it can.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { componentNew } from '@bytecodealliance/jco-transpile/wasm-tools'
import { rustModule, whyNotRust } from '../../../scripts/lib/rust-module.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
export const COMPONENT = path.join(here, 'bindgen.wasm')

/** Why the component cannot be rebuilt here, or null. */
export function whyNot() {
  return whyNotRust('bindgen.wasm')
}

/** The component's bytes. */
export async function rebuild() {
  return Buffer.from(await componentNew(rustModule(here, 'wasm_plugin_bindgen'), []))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const reason = whyNot()
  if (reason !== null) throw new Error(`bindgen.wasm cannot be rebuilt: ${reason}`)
  const bytes = await rebuild()
  if (!process.argv.includes('--check')) writeFileSync(COMPONENT, bytes)
  else if (!bytes.equals(readFileSync(COMPONENT))) throw new Error('a rebuild gives other bytes')
}
