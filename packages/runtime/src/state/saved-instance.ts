/**
 * What an instance keeps between two calls, as bytes: a header in JSON behind its length, eight bytes for each global, and the
 * pages of its memories that have something in them. They have whatever the plugin holds secret, and may come from hands that
 * changed them.
 */
export interface SavedHeader {
  readonly memories: readonly SavedMemory[]
  readonly globals: number
  /** Of each component instance, by their indices from 1 on. */
  readonly handles: readonly (readonly (SavedHandle | null)[])[]
}

export interface SavedMemory {
  readonly bytes: number
  /** Where pages follow each other that are saved: the number of the first, how many there are, and so on. */
  readonly runs: readonly number[]
}

/** The number of its resource, and what it stands for: a number of the guest that defines it, or a name of the host. */
export type SavedHandle = readonly [resource: number, representation: number | string]

/** Bytes of a page. Those of WebAssembly are so large that most have something in them. */
export const PAGE = 4_096
/** Bytes of the length in front. */
export const LENGTH = 4
/** Bytes in front of the pages, at most. */
export const MAX_HEAD = 16 << 20
/** Bytes of a global. */
export const GLOBAL = 8

/** Whether a page of a memory has anything but zeroes. */
export function hasSomething(words: Int32Array, page: number): boolean {
  const end = ((page + 1) * PAGE) / 4
  for (let i = (page * PAGE) / 4; i < end; i++) if (words[i] !== 0) return true
  return false
}
