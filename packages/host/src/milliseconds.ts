import { LONGEST_TIMER_MS } from '@wasm-plugin/wasi'
import * as z from 'zod/mini'

/** Milliseconds that a timer is set to. */
export const milliseconds = z.int().check(z.positive(), z.maximum(LONGEST_TIMER_MS))
