import type { Paths } from '../ports.js'
import { type CapabilityName, capabilities } from './capabilities.js'
import type { GrantSet } from './grant-set.js'
import { notNarrower } from './narrower.js'
import { readGrants } from './parse.js'
import { numberRules } from './rules.js'

/**
 * Grants that allow less than `now`. A capability that `input` names keeps what is in there and loses the rest; one
 * that it does not name stays as it is. Limits that are left out stay as they are too.
 *
 * @throws {GRANTS_NOT_NARROWER} for anything that is not allowed now, and the codes of `parseGrants`.
 */
export function narrowGrants(now: GrantSet, input: unknown, paths: Paths): GrantSet {
  const grants = Object.entries(readGrants(input)).filter(([, grant]) => grant !== undefined)
  for (const [name] of grants)
    if (!isCapability(name)) throw notNarrower(name, 'it is fixed when the plugin is loaded')
  const narrowed = grants.map(([name, grant]) =>
    capabilities[name as CapabilityName].narrow(now, grant as never, paths),
  )
  return numberRules(Object.assign({ ...now }, ...narrowed))
}

/** What is left of `now` without the rules that `ids` name. */
export function withoutRules(now: GrantSet, ids: ReadonlySet<number>): GrantSet {
  const left = Object.values(capabilities).map((capability) => capability.without(now, ids))
  return numberRules(Object.assign({ ...now }, ...left))
}

function isCapability(name: string): name is CapabilityName {
  return Object.hasOwn(capabilities, name)
}
