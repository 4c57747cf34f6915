import type { z } from 'zod/mini'

/**
 * A zod issue as a path (`fs[0].at`) and one sentence that names what was found wrong. To be parsed with `reportInput`, or
 * nothing is known of what was found.
 */
export function describeIssue(issue: z.core.$ZodIssue | undefined): { path: string; reason: string } {
  if (issue === undefined) return { path: '', reason: 'not valid' }
  return { path: printPath(issue.path), reason: reasonOf(issue) }
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
      return issue.input === undefined
        ? `${issue.expected} is missing`
        : `expected ${issue.expected}, got ${kindOf(issue.input)}`
    case 'invalid_value':
      return `expected ${issue.values.map((v) => JSON.stringify(v)).join(' or ')}`
    case 'too_big':
      return `over the maximum of ${issue.maximum}`
    case 'too_small':
      return issue.inclusive === false
        ? `it must be more than ${issue.minimum}`
        : `under the minimum of ${issue.minimum}`
    case 'invalid_union':
      return 'matches none of the accepted forms'
    default:
      return issue.message ?? 'not valid'
  }
}

/** Numbers with their value, since NaN is one; of anything else its kind alone. */
function kindOf(value: unknown): string {
  if (value === null || typeof value === 'number') return String(value)
  if (Array.isArray(value)) return 'array'
  return typeof value
}
