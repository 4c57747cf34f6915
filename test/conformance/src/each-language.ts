import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'
import { isWhole } from '../../seed.js'
import { type GuestLanguage, languages } from './guests.js'
import { wasmtimeInstalled } from './wasmtime.js'

/** Written by the set-up when there is a Rust that builds plugins. */
const RUST = fileURLToPath(new URL('../../../.cache/toolchain.json', import.meta.url))

/** A suite per language. A machine may lack what it needs, and the suite says so; in CI it then runs and fails. */
export function describeEachLanguage(suite: (language: GuestLanguage) => void): void {
  for (const language of languages) {
    const lacks = process.env.CI === 'true' ? undefined : lackOf(language)
    const name = `a plugin in ${language}`
    if (lacks === undefined) describe(name, () => suite(language))
    else describe.skip(`${name} (skipped: ${lacks})`, () => suite(language))
  }
}

/** They compile for longest, and share their bindings and their engine with another language. */
const OF_CI = new Set<GuestLanguage>(['cpp', 'js'])

function lackOf(language: GuestLanguage): string | undefined {
  if (!wasmtimeInstalled) return 'no wasmtime, which `npm test -- test/conformance` installs'
  if (!isWhole && OF_CI.has(language)) return 'it takes long to compile, and CI does'
  if (language === 'rust' && !existsSync(RUST)) return 'no Rust, see `npm run setup`'
  return undefined
}
