import { withoutVersion } from '@wasm-plugin/manifest/names'
import type { Gate } from '@wasm-plugin/wasi'
import { errors } from '../errors/index.js'
import { importsOf, ruleMatches } from './answers.js'
import type { Capability, MayUse } from './capability.js'

/** The functions of all capabilities for one plugin. They allow nothing before they are connected. */
export interface GatedImports {
  /** The capability of each interface, by its name without a version. */
  readonly owners: ReadonlyMap<string, string>
  readonly entries: readonly (readonly [name: string, value: unknown])[]
  /** To be called once, before anything of the plugin runs. */
  connect(gate: Gate): void
  /** To be called when the plugin is closed: nothing is allowed any more. */
  disconnect(): void
}

/** @throws {OPTIONS_INVALID} two capabilities have functions for one interface */
export function gatedImports(capabilities: readonly Capability[]): GatedImports {
  let gate: Gate | undefined
  const entries: [string, unknown][] = []
  const owners = new Map<string, string>()
  for (const capability of capabilities) {
    const { name } = capability
    const may: MayUse = (operation, target) => {
      const use = Object.freeze({ operation: String(operation), target: String(target) })
      const matches = (rule: string) => ruleMatches(capability, rule, use)
      return gate?.check({ capability: `app.${name}`, ...use, matches }).allowed === true
    }
    for (const [item, value] of Object.entries(importsOf(capability, may))) {
      const other = owners.get(withoutVersion(item))
      if (other !== undefined && other !== name) throw taken('createHost.capabilities', item, other)
      owners.set(withoutVersion(item), name)
      entries.push([item, value])
    }
  }
  return {
    owners,
    entries,
    connect(to) {
      gate = to
    },
    disconnect() {
      gate = undefined
    },
  }
}

/** An interface that is given past its capability would have no gate. */
export function taken(path: string, item: string, capability: string) {
  return errors.OPTIONS_INVALID({
    path,
    reason: `"${item}" belongs to the capability "${capability}", which decides about its uses`,
  })
}
