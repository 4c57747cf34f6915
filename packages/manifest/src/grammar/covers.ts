/** True for the directory `outer` itself, and for what is below it. Both are absolute and normal. */
export function covers(outer: string, inner: string, separator = '/'): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(separator) ? outer : outer + separator)
}
