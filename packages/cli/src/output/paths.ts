import path from 'node:path'

/** A path as a person in `cwd` would type it. */
export function relativeTo(cwd: string, target: string): string {
  const relative = path.relative(cwd, target)
  if (relative === '') return '.'
  // Far away, the absolute path is the shorter one.
  return relative.startsWith(path.join('..', '..', '..')) ? target : relative
}
