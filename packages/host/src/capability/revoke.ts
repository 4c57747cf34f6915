import { errors } from '../errors/capability-codes.js'
import type { GrantSet } from './grant-set.js'
import type { RuleState } from './rule-state.js'

/**
 * Takes back one rule by its text (`env LANG`), or all rules of a capability by its name (`net`). Holds at once, for
 * calls that run too: the next use is denied, and what is open under the rule answers with an error.
 *
 * @returns how many rules were taken back; rules that were revoked before count too.
 * @throws {UNKNOWN_RULE}
 */
export function revokeRules({ rules }: GrantSet, state: RuleState, rule: string): number {
  const ids = rules.flatMap((text, id) => (text === rule || text.startsWith(`${rule} `) ? [id] : []))
  if (ids.length === 0) throw errors.UNKNOWN_RULE({ rule, rules })
  for (const id of ids) state.revoke(id)
  return ids.length
}
