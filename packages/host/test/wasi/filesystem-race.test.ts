// On every Node: files and clocks.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ComponentError } from '@wasm-plugin/runtime'
import type { Descriptor } from '@wasm-plugin/wasi/instance'
import { expect } from 'vitest'
import { attack } from '../helpers/attack.js'
import { startSwapper } from '../helpers/swapper.js'
import { FOLLOW, listNames, NO_FOLLOW, openDir, readText, writableGrant, writeText } from '../helpers/wasi.js'

/** Tries per run; `RACE_TRIES=1000000` is the full measure. */
const TRIES = Number(process.env.RACE_TRIES ?? 20_000)

attack(
  'A20',
  'Uses a directory that another thread swaps for a link out, by every operation in turn',
  'never leaves the grant, in a million tries',
  async () => {
    const { base, host, root } = writableGrant()
    const outside = join(base, 'outside')
    const swaps = await startSwapper(host)

    let stale: Descriptor | undefined
    const steps: ((i: number) => unknown)[] = [
      () => readText(root, 'sw/f'),
      () => root.statAt(FOLLOW, 'sw/f'),
      (i) => writeText(root, `sw/w${i % 8}`, 'x'),
      (i) => root.unlinkFileAt(`sw/w${i % 8}`),
      (i) => root.createDirectoryAt(`sw/d${i % 8}`),
      (i) => root.removeDirectoryAt(`sw/d${i % 8}`),
      () => root.renameAt('sw/f', root, 'sw/f'),
      () => root.linkAt(NO_FOLLOW, 'sw/f', root, 'stolen'),
      () => root.unlinkFileAt('stolen'),
      () =>
        root.setTimesAt(
          FOLLOW,
          'sw/f',
          { tag: 'now' },
          { tag: 'timestamp', val: { seconds: 1n, nanoseconds: 0 } },
        ),
      () => {
        stale?.[Symbol.dispose]()
        stale = undefined
        stale = openDir(root, 'sw')
      },
      () => stale && readText(stale, 'f'),
      () => stale && listNames(stale),
      (i) => stale && writeText(stale, `s${i % 8}`, 'x'),
      (i) => stale?.unlinkFileAt(`s${i % 8}`),
    ]
    let escapes = 0
    let reached = 0
    for (let i = 0; i < TRIES; i++) {
      try {
        const found = steps[i % steps.length]?.(i)
        if (found === 'secret') escapes++
        if (found === 'public') reached++
      } catch (error) {
        if (!ComponentError.is(error)) throw error
      }
    }
    expect(escapes).toBe(0)
    expect(readdirSync(outside)).toEqual(['f'])
    expect(readFileSync(join(outside, 'f'), 'utf8')).toBe('secret')
    // The race was on: the other thread swapped all along, we got in when the directory was there, and a program that
    // opens by path does get out.
    expect(swaps()).toBeGreaterThan(0)
    expect(reached).toBeGreaterThan(0)
    expect(naiveEscape(host)).toBe(true)
  },
  600_000,
)

function naiveEscape(host: string): boolean {
  for (let i = 0; i < 1_000_000; i++) {
    try {
      if (readFileSync(join(host, 'sw', 'f'), 'utf8') === 'secret') return true
    } catch {}
  }
  return false
}
