import type { ExternType, FuncType, InstanceType, ResourceType, ValueType } from '@wasm-plugin/runtime'
import { baseName } from '../../grants/interface-name.js'
import { functionsOf, type Shape, type Signature, shapes } from './table.js'

export interface Mismatch {
  readonly func: string
  /** What is other than in WASI. */
  readonly difference: string
}

/** Resources of WASI that a component imports, by the interface that defines them: `wasi:io/poll#pollable`. */
export type ResourceNames = ReadonlyMap<ResourceType, string>

export function resourceNames(imports: ReadonlyMap<string, ExternType>): ResourceNames {
  const names = new Map<ResourceType, string>()
  for (const [name, instance] of imports) {
    const base = instance.kind === 'instance' ? baseName(name) : null
    if (instance.kind !== 'instance' || base === null) continue
    for (const [member, item] of instance.exports)
      if (item.kind === 'type' && item.bound === 'sub' && item.type.kind === 'resource')
        names.set(item.type, `${base}#${member}`)
  }
  return names
}

/**
 * The first function of an imported interface of WASI that WASI, or the last draft of it, does not have in that way. Walks along WASI's own
 * types, so that the size of what a component declares does not matter.
 */
export function findMismatch(
  name: string,
  { exports }: InstanceType,
  resources: ResourceNames,
): Mismatch | undefined {
  const versions = functionsOf.get(baseName(name) ?? '') ?? []
  let last: Mismatch | undefined
  for (const functions of versions) {
    last = mismatchWith(functions, exports, resources)
    if (last === undefined) return undefined
  }
  return last
}

function mismatchWith(
  functions: ReadonlyMap<string, Signature>,
  exports: InstanceType['exports'],
  resources: ResourceNames,
): Mismatch | undefined {
  for (const [func, item] of exports) {
    if (item.kind !== 'func') continue
    const signature = functions.get(func)
    const difference =
      signature === undefined ? 'there is no such function' : compareFunc(signature, item, resources)
    if (difference !== undefined) return { func, difference }
  }
  return undefined
}

function compareFunc(
  [params, result]: Signature,
  func: FuncType,
  resources: ResourceNames,
): string | undefined {
  if (func.async) return 'it is async'
  if (func.params.length !== params.length)
    return `it has ${func.params.length} parameters and not ${params.length}`
  for (const [index, param] of func.params.entries()) {
    const difference = compare(params[index] ?? null, param.type, resources)
    if (difference !== undefined) return `parameter ${index + 1}${difference}`
  }
  const difference = compare(result, func.result, resources)
  return difference === undefined ? undefined : `the result${difference}`
}

/** How a type differs, as the end of a sentence: `.ok is u32 and not u64`. */
function compare(
  wanted: number | null,
  type: ValueType | null,
  resources: ResourceNames,
): string | undefined {
  const shape = wanted === null ? null : (shapes[wanted] as Shape)
  const kind = typeof shape === 'string' ? shape : (shape?.[0] ?? null)
  if (kind !== (type?.kind ?? null)) return ` is ${type?.kind ?? 'nothing'} and not ${kind ?? 'nothing'}`
  if (shape === null || type === null || typeof shape === 'string') return undefined
  const each = (parts: readonly (readonly [string, number | null, ValueType | null | undefined])[]) => {
    for (const [part, inner, actual] of parts) {
      const difference = compare(inner, actual ?? null, resources)
      if (difference !== undefined) return `${part}${difference}`
    }
    return undefined
  }
  switch (type.kind) {
    case 'list':
    case 'option':
      return each([['[]', shape[1] as number, type.element]])
    case 'result':
      return each([
        ['.ok', shape[1] as number | null, type.ok],
        ['.err', shape[2] as number | null, type.err],
      ])
    case 'own':
    case 'borrow': {
      const name = resources.get(type.resource)
      return name === shape[1]
        ? undefined
        : ` is a handle of ${name ?? 'another resource'} and not of ${shape[1]}`
    }
    case 'tuple': {
      const items = shape.slice(1) as number[]
      return (
        sameCount(items, type.items) ?? each(items.map((item, i) => [`.${i}`, item, type.items[i]] as const))
      )
    }
    case 'record':
      return named(shape.slice(1) as [string, number][], type.fields)
    case 'variant':
      return named(shape.slice(1) as [string, number | null][], type.cases)
    case 'enum':
    case 'flags':
      return sameNames(shape.slice(1) as string[], type.labels)
    default:
      return undefined
  }

  function named(
    wanted: readonly (readonly [string, number | null])[],
    parts: readonly { name: string; type: ValueType | null }[],
  ): string | undefined {
    const names = wanted.map(([name]) => name)
    return (
      sameNames(
        names,
        parts.map(({ name }) => name),
      ) ?? each(wanted.map(([name, inner], i) => [`.${name}`, inner, parts[i]?.type] as const))
    )
  }
}

function sameNames(wanted: readonly string[], names: readonly string[]): string | undefined {
  const other = wanted.findIndex((name, index) => name !== names[index])
  if (other >= 0) return ` has ${quoted(names[other])} and not ${quoted(wanted[other])}`
  return sameCount(wanted, names)
}

function sameCount(wanted: readonly unknown[], parts: readonly unknown[]): string | undefined {
  return wanted.length === parts.length ? undefined : ` has ${parts.length} parts and not ${wanted.length}`
}

function quoted(name: string | undefined): string {
  return name === undefined ? 'nothing' : `"${name}"`
}
