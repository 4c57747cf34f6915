/** The first two are set by `npm run fuzz` alone, the third by CI. */
const { FUZZ_SEED = '1', FUZZ_TIMES = '1', WASM_PLUGIN_TEST } = process.env

/** Where random tests begin: the same in every `npm test`, and another one, which is printed, in every `npm run fuzz`. */
export const SEED = Number(FUZZ_SEED)

/** So many tries in `npm test`, and a multiple in `npm run fuzz`; the same for the milliseconds that they may take. */
export const tries = (count: number): number => count * Number(FUZZ_TIMES)

/** A size that costs minutes: a small one in `npm test`, the whole one in CI and in `npm run fuzz`. */
export const size = (small: number, whole: number): number =>
  WASM_PLUGIN_TEST === 'all' || FUZZ_TIMES !== '1' ? whole : small

/** For tests that make one case of one seed. */
export const seeds = (count: number): number[] => Array.from({ length: tries(count) }, (_, i) => SEED + i)

/** Whether this is `npm run fuzz`, which takes its time. */
export const isFuzz = Number(FUZZ_TIMES) > 1
