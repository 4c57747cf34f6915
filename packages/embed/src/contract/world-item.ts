import type { ExternType } from '@wasm-plugin/runtime'
import { memberName, parseFunctionName, pascalCase } from '@wasm-plugin/runtime/internal'

/** An import of the world itself, and not of an interface: a function, or a resource with its functions. */
export interface WorldItem {
  /** Where the application gives it: `tellMore` or `tell-more` for a function, `Basket` for the class of a resource. */
  readonly keys: readonly string[]
  /** `tell-more`, `basket` */
  readonly wit: string
  /** How to give it, for the message when nobody does. */
  readonly fix: string
}

/** Undefined for an interface. The functions of a resource are found in its class. */
export function worldItem(name: string, type: ExternType): WorldItem | undefined {
  if (type.kind === 'type') return resourceItem(name)
  if (type.kind !== 'func') return undefined
  const parsed = parseFunctionName(name)
  if (parsed.kind !== 'plain') return resourceItem(parsed.resource)
  const key = memberName(name)
  return { keys: [key, name], wit: name, fix: `Provide it: \`imports: { ${key}(…) { … } }\`.` }
}

function resourceItem(wit: string): WorldItem {
  const key = pascalCase(wit)
  return { keys: [key], wit, fix: `Provide its class: \`imports: { ${key}: class { … } }\`.` }
}
