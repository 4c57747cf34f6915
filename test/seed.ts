/** Set by `npm run fuzz` alone. */
const { FUZZ_SEED = '1', FUZZ_TIMES = '1' } = process.env

/** Where random tests begin: the same in every `npm test`, and another one, which is printed, in every `npm run fuzz`. */
export const SEED = Number(FUZZ_SEED)

/** So many tries in `npm test`, and a multiple in `npm run fuzz`; the same for the milliseconds that they may take. */
export const tries = (count: number): number => count * Number(FUZZ_TIMES)

/** For tests that make one case of one seed. */
export const seeds = (count: number): number[] => Array.from({ length: tries(count) }, (_, i) => SEED + i)

/** Whether this is `npm run fuzz`, which takes its time. */
export const isFuzz = Number(FUZZ_TIMES) > 1
