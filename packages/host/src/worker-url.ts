/**
 * The entries of our threads. This file stays at the root of `src`: the bundle flattens folders, and the URL is
 * relative to the bundle.
 */
export const workerUrl = new URL('./worker/main.js', import.meta.url)
export const transpileUrl = new URL('./worker/transpile.js', import.meta.url)
