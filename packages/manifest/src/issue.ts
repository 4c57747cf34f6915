import { closest } from '@wasm-plugin/runtime/text'
import type { z } from 'zod/mini'

/** What is wrong with a value, in the words of everything that people write for us: manifests, grants and options. */
export interface Issue {
  /** `fs[0].at`; empty for the value itself. */
  readonly path: string
  /** What was expected and what was found. */
  readonly reason: string
  /** What to write in its place, where that can be told. */
  readonly fix: string | undefined
}

/** What `schema` makes of `value`, or what is wrong with it. Never both. */
export function checkShape<S extends z.ZodMiniType>(
  schema: S,
  value: unknown,
):
  | { readonly data: z.infer<S>; readonly issue?: undefined }
  | { readonly data?: undefined; readonly issue: Issue } {
  const result = schema.safeParse(value, { reportInput: true, error: fixOf })
  if (result.success) return { data: result.data }
  return { issue: describe(worst(result.error.issues), []) }
}

/** The message of an issue, where there is none of our own: a way to mend it. */
function fixOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys' || issue.keys === undefined) return undefined
  const shape = shapeOf(issue.inst)
  const key = issue.keys[0]!
  const guess = closest(key, Object.keys(shape))
  if (guess !== undefined) return `Did you mean \`${guess}\`?`
  const parent = Object.keys(shape).find((name) => Object.hasOwn(shapeOf(shape[name]), key))
  if (parent !== undefined) return `It belongs in \`${parent}\`: \`${parent}: { ${key}: … }\`.`
  return `It takes ${Object.keys(shape)
    .map((name) => `\`${name}\``)
    .join(', ')}.`
}

/** The keys of an object's schema; none of any other. */
function shapeOf(schema: unknown): Readonly<Record<string, unknown>> {
  const { def } = (schema as z.core.$ZodType)._zod
  if (def.type === 'optional') return shapeOf((def as z.core.$ZodOptionalDef).innerType)
  return def.type === 'object' ? (def as z.core.$ZodObjectDef).shape : {}
}

/** A key that is misspelt is missing as well. */
function worst(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  return issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!
}

function describe(issue: z.core.$ZodIssue, outer: readonly PropertyKey[]): Issue {
  const path = [...outer, ...issue.path]
  if (issue.code === 'invalid_union') {
    const meant = meantForm(issue)
    if (meant !== undefined) return describe(meant, path)
  }
  if (issue.code === 'invalid_key') return describe({ ...issue.issues[0]!, path: [] }, path)
  const fix = issue.code === 'unrecognized_keys' ? issue.message : undefined
  return { path: printPath(path), reason: reasonOf(issue), fix }
}

/** What keeps a value from being of the form that it comes nearest to; undefined if it is of another kind than all. */
function meantForm({ errors }: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue | undefined {
  const forms = errors.filter(([first]) => first !== undefined && !(isKind(first) && first.path.length === 0))
  const [nearest] = forms.sort((a, b) => a.length - b.length)
  return nearest && worst(nearest)
}

function isKind(issue: z.core.$ZodIssue): issue is z.core.$ZodIssueInvalidType {
  return issue.code === 'invalid_type'
}

function printPath(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? String(part) : `.${String(part)}`
  }
  return text
}

function reasonOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown key ${issue.keys.map((k) => `"${k}"`).join(', ')}`
    case 'invalid_type':
      return expected(issue.expected, issue.input)
    case 'invalid_value':
      return expected(issue.values.map((v) => JSON.stringify(v)).join(' or '), issue.input)
    case 'too_big':
      return `over the maximum of ${issue.maximum}`
    case 'too_small':
      return issue.inclusive === false
        ? `it must be more than ${issue.minimum}`
        : `under the minimum of ${issue.minimum}`
    case 'invalid_union':
      return expected(
        [...new Set(issue.errors.flat().filter(isKind).map(kindWanted))].join(' or '),
        issue.input,
      )
    default:
      // What a check of our own says it expects; of a kind, what was found can be told as well.
      return KIND.test(issue.message) ? `${issue.message}, got ${kindOf(issue.input)}` : issue.message
  }
}

const KIND = /^expected \w+$/

function kindWanted({ expected }: z.core.$ZodIssueInvalidType): string {
  return expected === 'record' ? 'object' : expected
}

function expected(what: string, found: unknown): string {
  return found === undefined ? `${what} is missing` : `expected ${what}, got ${kindOf(found)}`
}

/** Numbers with their value, since NaN is one; of anything else its kind alone. */
function kindOf(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'array'
  return typeof value
}
