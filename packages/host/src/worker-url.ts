/**
 * The entry of a plugin's thread. This file stays at the root of `src`: the bundle flattens folders, and the URL is
 * relative to the bundle.
 */
export const workerUrl = new URL('./worker/main.js', import.meta.url)
