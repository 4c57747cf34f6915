import { showText } from '@wasm-plugin/runtime/text'
import { Document, isMap, isScalar, isSeq, type Node } from 'yaml'

/** A line of words above a place of a document. */
export interface Remark {
  /** Which of the documents. */
  readonly document: number
  /** Keys and numbers from the document down; of the document itself without any. */
  readonly at: readonly (string | number)[]
  readonly text: string
}

/**
 * Documents of YAML with remarks. They are written for readers of YAML 1.1, as Kubernetes' own is: what one would take for a
 * truth value or a number there is quoted.
 */
export function writeYaml(values: readonly object[], remarks: readonly Remark[]): string {
  const documents = values.map(
    (value) => new Document(value, { version: '1.1', aliasDuplicateObjects: false }),
  )
  for (const { document, at, text } of remarks) remark(documents[document], at, ` ${showText(text)}`)
  return documents.map((document) => document.toString({ lineWidth: 0, directives: false })).join('---\n')
}

function remark(document: Document | undefined, at: Remark['at'], line: string): void {
  const [last] = at.slice(-1)
  const holder = at.length === 0 ? document : nodeAt(document?.contents ?? undefined, at)
  if (holder === undefined) throw new Error(`no ${last} to remark on`)
  holder.commentBefore = holder.commentBefore ? `${holder.commentBefore}\n${line}` : line
}

/** The key of a member of a map, above which its remark stands, or the member of a list. */
function nodeAt(root: unknown, at: Remark['at']): Node | undefined {
  let node = root
  for (const [i, key] of at.entries()) {
    const isLast = i === at.length - 1
    if (isSeq(node)) node = node.items[Number(key)]
    else if (isMap(node)) {
      const pair = node.items.find((one) => isScalar(one.key) && one.key.value === key)
      node = isLast ? pair?.key : pair?.value
    } else return undefined
  }
  return node as Node | undefined
}
