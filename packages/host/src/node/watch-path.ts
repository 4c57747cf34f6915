import { type BigIntStats, stat, statSync } from 'node:fs'

/** Milliseconds between two looks at a file. */
const LOOK_MS = 100

/**
 * Calls back when what a path leads to has changed and has rested for a look, until the answer is called. The first look is
 * over when this returns, which that of `fs.watchFile` is not: what is written at once is a change.
 */
export function watch(path: string, onChange: () => void): () => void {
  let seen = sightOf(statNow(path))
  // Whoever writes it in place is not done at the first change.
  let isResting = true
  const look = () => {
    stat(path, { bigint: true }, (_, stats) => {
      if (isOver) return
      const now = sightOf(stats)
      const isChanged = now !== seen
      if (!isChanged && !isResting) onChange()
      isResting = !isChanged
      seen = now
      timer = setTimeout(look, LOOK_MS).unref()
    })
  }
  let isOver = false
  let timer = setTimeout(look, LOOK_MS).unref()
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

/** None of a path that leads nowhere: reading it says why. */
function statNow(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true })
  } catch {
    return undefined
  }
}

/** A file that is replaced is another one, and may be gone for a moment: it is looked at by its path. */
function sightOf(stats: BigIntStats | undefined): string {
  if (stats === undefined) return ''
  const { dev, ino, size, mtimeNs, ctimeNs } = stats
  return [dev, ino, size, mtimeNs, ctimeNs].join()
}
