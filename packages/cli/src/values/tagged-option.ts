import type { ValueType } from '@wasm-plugin/runtime'

/**
 * Whether an option of this element is `{ tag, val }` at the host. A plain option is its value or `undefined`, so an
 * option of a plain option needs a tag; an option of a tagged option is plain again.
 */
export function isTaggedOption(element: ValueType): boolean {
  return element.kind === 'option' && !isTaggedOption(element.element)
}
