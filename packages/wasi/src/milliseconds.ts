import * as z from '@wasm-plugin/manifest/shape'

/** The longest that a timer waits, about 24 days: one that is to wait longer fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Milliseconds that a timer is set to. */
export const milliseconds = z.int().check(z.positive(), z.maximum(LONGEST_TIMER_MS))
