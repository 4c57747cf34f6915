/**
 * Those of `known` that `name` could be a slip of: at most two letters apart, or equal but for `-`. What is equal is not a
 * slip.
 */
export function similarNames(name: string, known: Iterable<string>): string[] {
  return [...known].filter((other) => other !== name && isSlip(name, other))
}

function isSlip(a: string, b: string): boolean {
  const [plainA, plainB] = [a.replaceAll('-', ''), b.replaceAll('-', '')]
  if (plainA === plainB) return true
  // Two letters of a short name are most of it.
  const allowed = Math.min(plainA.length, plainB.length) < 9 ? 1 : 2
  return Math.abs(a.length - b.length) <= allowed && distance(a, b) <= allowed
}

/** Letters to put in, leave out, change or swap with their neighbour: optimal string alignment. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => i || j),
  )
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, at(i - 2, j - 2) + 1)
      const row = rows[i]
      if (row !== undefined) row[j] = best
    }
  }
  return at(a.length, b.length)
}
