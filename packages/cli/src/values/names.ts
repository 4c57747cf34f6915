/** `max-size` → `maxSize`, as the host names fields, flags and functions; an acronym is a word: `HTTP-get` → `httpGet`. */
export function camelCase(name: string): string {
  return name
    .split('-')
    .map((word, index) => (index === 0 ? lowerWord(word) : capitalised(word)))
    .join('')
}

const lowerWord = (word: string) => word.toLowerCase()
const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()
