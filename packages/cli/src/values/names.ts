/** `max-size` → `maxSize`, as the host names fields, flags and functions. Acronyms are lower-cased first. */
export function camelCase(kebab: string): string {
  return kebab.toLowerCase().replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
