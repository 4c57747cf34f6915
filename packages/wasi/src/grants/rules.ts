import { capabilities } from './capabilities.js'
import { deepFreeze } from './freeze.js'
import type { GrantSet } from './grant-set.js'

/** Numbers the rules of a grant set that was put together from parts of another, and freezes it. */
export function numberRules(grants: GrantSet): GrantSet {
  const rules: string[] = []
  const rule = (text: string) => rules.push(text) - 1
  const numbered = Object.values(capabilities).map((capability) => capability.numbered(grants, rule))
  return deepFreeze(Object.assign({ ...grants, rules }, ...numbered))
}
