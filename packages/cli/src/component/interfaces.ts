import type { ExternType } from '@wasm-plugin/runtime'
import { namesIn, printItem } from '@wasm-plugin/sdk'

/** One import or export of a component, with WIT text. */
export interface InterfaceText {
  /** Interface id, or the name of an item of the world itself. */
  readonly name: string
  /** `render: func(doc: document) -> result<page, string>` */
  readonly functions: readonly string[]
  /** `type document = record { path: string }` */
  readonly types: readonly string[]
}

/** The imports or the exports of a component as WIT text, in the order of the binary. */
export function printInterfaces(items: ReadonlyMap<string, ExternType>): InterfaceText[] {
  return [...items].map(([name, item]) => printInterface(name, item))
}

function printInterface(name: string, item: ExternType): InterfaceText {
  if (item.kind !== 'instance') {
    const text = printItem(name, item)
    return item.kind === 'func'
      ? { name, functions: [text], types: [] }
      : { name, functions: [], types: [text] }
  }
  const names = namesIn(item.exports)
  const texts = (kind: ExternType['kind']) =>
    [...item.exports].flatMap(([key, inner]) => (inner.kind === kind ? [printItem(key, inner, names)] : []))
  return { name, functions: texts('func'), types: texts('type') }
}
