/** `reading-minutes` → `readingMinutes`. Acronyms (`HTTP-url`) are lower-cased first. */
export function camelCase(kebab: string): string {
  const [first = '', ...rest] = words(kebab)
  return first + rest.map(capitalised).join('')
}

/** `reading-minutes` → `ReadingMinutes` */
export function pascalCase(kebab: string): string {
  return words(kebab).map(capitalised).join('')
}

function words(kebab: string): string[] {
  return kebab.toLowerCase().split('-')
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
