/**
 * The entry of that name, or of the same interface in a compatible version: `wasi:io/streams@0.2.6` finds
 * `wasi:io/streams@0.2.12`. Versions are compatible when semver says so of a caret range.
 */
export function findCompatible<T>(items: ReadonlyMap<string, T>, name: string): T | undefined {
  const exact = items.get(name)
  if (exact !== undefined || !name.includes('@')) return exact
  const track = compatibleTrack(name)
  for (const [other, item] of items) if (compatibleTrack(other) === track) return item
  return undefined
}

/** `wasi:io/streams@0.2.6` → `wasi:io/streams@0.2`: all that are equal here are compatible. */
function compatibleTrack(name: string): string {
  const [base = '', version] = name.split('@')
  if (version === undefined || version.includes('-')) return name
  const [major = '0', minor = '0', patch = '0'] = version.split('.')
  if (major !== '0') return `${base}@${major}`
  return minor !== '0' ? `${base}@0.${minor}` : `${base}@0.0.${patch}`
}
