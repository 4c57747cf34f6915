/** Tells the processor that this thread only looks, where the engine can: what runs beside it on the same core runs faster. */
export const pause: () => void = (Atomics as { readonly pause?: () => void }).pause ?? (() => {})
