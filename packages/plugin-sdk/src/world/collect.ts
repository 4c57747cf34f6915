import { readWit, type WitSource } from './read.js'

/**
 * A WIT package as a folder that is complete by itself: its files, and in `deps/` every package that it names, the
 * WASI ones that the SDK ships included. Text by path below the folder.
 *
 * @throws {WIT_MISSING} {WIT_UNREADABLE} {WIT_SYNTAX}
 */
export async function collectWit(wit: string): Promise<ReadonlyMap<string, string>> {
  return textsOf(await readWit(wit))
}

/** The same of a package that is read already. */
export function textsOf({ files }: Pick<WitSource, 'files'>): ReadonlyMap<string, string> {
  return new Map(files.map(({ place, text }) => [place, text] as const).sort(([a], [b]) => (a < b ? -1 : 1)))
}
