/** `reading-minutes` is `ReadingMinutes`. */
export function upperCamel(kebab: string): string {
  return kebab
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join('')
}

/** As a type; `Guest` is the trait. */
export function typeName(kebab: string): string {
  return kebab === 'guest' ? 'Guest_' : upperCamel(kebab)
}

/** As a function, a parameter or a module. */
export function snakeCase(kebab: string): string {
  const name = kebab.toLowerCase().replaceAll('-', '_')
  return KEYWORDS.has(name) ? `${name}_` : name
}

/** Identifiers that `wit-bindgen` gives a `_` behind, because Rust has other plans for them. */
const KEYWORDS = new Set(
  `as break const continue crate else enum extern false fn for if impl in let loop match mod move mut pub ref return
   self static struct super trait true type unsafe use where while async await dyn abstract become box do final macro
   override priv typeof unsized virtual yield try`.split(/\s+/),
)
