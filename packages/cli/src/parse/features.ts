/** The option of every command that reads a contract. */
export const featuresOption = {
  kind: 'list',
  value: 'names',
  description: 'unstable features of the contract to take in: a,b',
} as const

/** `--features a,b --features c` are three. */
export function toFeatures(given: readonly string[]): readonly string[] {
  return given.flatMap((names) => names.split(/[\s,]+/)).filter((name) => name !== '')
}
