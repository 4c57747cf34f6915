import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { exitOf, usageErrorTable } from '../src/errors/index.js'

/** Of every package; another test compares the page with their tables. */
const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
const all = [...page.matchAll(/^\| `([A-Z_]+)` \| (\w+) \|/gm)].map(([, code = '', origin]) => ({
  code,
  origin,
}))
/** Ctrl-C has an exit code of its own, and so has what is the framework's fault. */
const decided = all.filter(({ code, origin }) => origin !== 'host' && code !== 'INTERRUPTED')

describe('exit codes', () => {
  it.each(decided.map(({ code }) => code))('%s has one', (code) => {
    expect([1, 2]).toContain(exitOf.get(code))
  })

  it('are for codes that there are', () => {
    const known = new Set(decided.map(({ code }) => code))
    expect([...exitOf.keys()].filter((code) => !known.has(code))).toEqual([])
  })

  it('are 2 for every mistake in how the command is used', () => {
    expect(Object.keys(usageErrorTable).filter((code) => exitOf.get(code) !== 2)).toEqual([])
  })
})
