import type { OptionType } from '../types/index.js'

/**
 * Whether an option is `{ tag, val }` in JS. A plain option is its value or `undefined`, so an option of a plain option
 * needs a tag; an option of a tagged option is plain again.
 */
export function isTaggedOption({ element }: OptionType): boolean {
  return element.kind === 'option' && !isTaggedOption(element)
}
