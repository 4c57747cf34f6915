/** The first two are set by `npm run fuzz` alone, the third by CI. */
const { FUZZ_SEED, FUZZ_TIMES = '1', WASM_PLUGIN_TEST } = process.env

/** Where random tests begin: the same in every `npm test`, and another one, which is printed, in every `npm run fuzz`. */
export const SEED = Number(FUZZ_SEED ?? '1')

/** So many tries in `npm test`, and a multiple in `npm run fuzz`; the same for the milliseconds that they may take. */
export const tries = (count: number): number => count * Number(FUZZ_TIMES)

/** Whether this run takes its time, as CI and `npm run fuzz` do. */
export const isWhole = WASM_PLUGIN_TEST === 'all' || FUZZ_SEED !== undefined

/** A size that costs minutes: a small one in `npm test`. */
export const size = (small: number, whole: number): number => (isWhole ? whole : small)

/** For tests that make one case of one seed. */
export const seeds = (count: number): number[] => Array.from({ length: tries(count) }, (_, i) => SEED + i)
