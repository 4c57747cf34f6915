import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { exitOf, usageErrorTable } from '#internal'

/** Of every package; another test compares the page with their tables. */
const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
const all = [...page.matchAll(/^\| `([A-Z_]+)` \| (\w+) \|/gm)].map(([, code = '', origin]) => ({
  code,
  origin,
}))
/** Ctrl-C has an exit code of its own, and so has what is the framework's fault. */
const decided = all.filter(({ code, origin }) => origin !== 'host' && code !== 'INTERRUPTED')

describe('exit codes', () => {
  it('are decided for every code', () => {
    expect(decided.length).toBeGreaterThan(100)
    expect(decided.map(({ code }) => code).filter((code) => !exitOf.has(code))).toEqual([])
  })

  it('are for codes that there are', () => {
    const known = new Set(decided.map(({ code }) => code))
    expect([...exitOf.keys()].filter((code) => !known.has(code))).toEqual([])
  })

  it('are 2 for every mistake in how the command is used', () => {
    expect(Object.keys(usageErrorTable).filter((code) => exitOf.get(code) !== 2)).toEqual([])
  })
})
