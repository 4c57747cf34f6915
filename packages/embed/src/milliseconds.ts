import * as z from '@wasm-plugin/manifest/shape'
import { LONGEST_TIMER_MS } from '@wasm-plugin/wasi'

/** Milliseconds that a timer is set to. */
export const milliseconds = z.int().check(z.positive(), z.maximum(LONGEST_TIMER_MS))
