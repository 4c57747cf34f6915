/**
 * Memory for all threads of a plugin, zeroed. Where a platform lets none be shared, as a page that is not isolated from
 * others, it is of one thread alone, and another one gets a copy.
 */
export function sharedMemory(bytes: number): SharedArrayBuffer {
  // Every view and every operation of `Atomics` but waiting takes either.
  return typeof SharedArrayBuffer === 'undefined'
    ? (new ArrayBuffer(bytes) as unknown as SharedArrayBuffer)
    : new SharedArrayBuffer(bytes)
}
