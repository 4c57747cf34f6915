import type {
  CoreExport,
  CoreRef,
  Definition,
  ModuleDefinition,
  ShimTarget,
} from '../../binary/definition.js'
import { CoreSpace, type Instantiate, type Instantiated, type Use } from './core-space.js'
import { type Fixup, type ImportName, readFixup, readShim, type Shim } from './modules.js'

/** The definitions that a shim and its fixup become. */
export interface Found {
  readonly shim: { readonly definition: Instantiate; readonly becomes: Definition }
  readonly fixup: { readonly definition: Instantiate; readonly becomes: Definition }
  /** The modules of both. */
  readonly modules: readonly ModuleDefinition[]
}

/**
 * A module of a component may import functions that need the module's own memory, so that neither can be made first.
 * Toolchains put a module of stubs in between, the shim, which call what the fixup module writes to their table once
 * both are there. Null where there are no such two, or where anything could tell that they are not there. Core modules
 * must not be passed in or out of the component.
 */
export function findShim(
  definitions: readonly Definition[],
  modules: readonly ModuleDefinition[],
): Found | null {
  const space = new CoreSpace(definitions, modules)
  const shim = space.only(readShim)
  const fixup = shim && space.only(readFixup)
  return shim && fixup && new Pair(space, shim, fixup).find()
}

/** What may be a shim and its fixup. */
class Pair {
  /** What becomes of the functions of the shim, by their names. */
  readonly #uses = new Map<string, Use[]>()
  /** Indices of the shim's table. */
  readonly #tables = new Set<number>()

  constructor(
    private readonly space: CoreSpace,
    private readonly shim: Instantiated<Shim>,
    private readonly fixup: Instantiated<Fixup>,
  ) {
    const isOfShim = (entry: Definition) => 'instance' in entry && entry.instance === shim.instance
    for (const [index, entry] of space.tables.entries()) if (isOfShim(entry)) this.#tables.add(index)
    for (const [index, entry] of space.functions.entries()) {
      if (entry.op !== 'core-alias' || !isOfShim(entry)) continue
      this.#uses.set(entry.name, [...(this.#uses.get(entry.name) ?? []), ...(space.uses.get(index) ?? [])])
    }
  }

  find(): Found | null {
    const { shim, fixup } = this
    if (!this.isTable(this.given(fixup.module.table)) || this.isSeen()) return null
    const functions: { name: string; standsFor: ShimTarget }[] = []
    for (const [name, { index, type }] of shim.module.functions) {
      const filled = fixup.module.functions[index]
      const standsFor = filled?.type.key === type.key ? this.target(name, this.given(filled)) : null
      if (standsFor === null) return null
      functions.push({ name, standsFor })
    }
    const called = fixup.module.start
    const start = called && this.guestExport(this.given(called))
    if (called !== null && start === null) return null
    const { definition, instance } = shim
    const connects = { module: fixup.definition.module, shim: instance, start }
    return {
      shim: { definition, becomes: { op: 'core-shim', module: definition.module, functions } },
      fixup: { definition: fixup.definition, becomes: { op: 'core-fixup', ...connects } },
      modules: [shim.code, fixup.code],
    }
  }

  /** What the fixup is given for an import: an export of an instance of a module, or an entry. */
  private given({ module, name }: ImportName): CoreExport | CoreRef | undefined {
    const arg = this.fixup.definition.args.find((arg) => arg.name === module)
    const from = arg && this.space.instances[arg.instance]
    if (arg === undefined || from === undefined) return undefined
    if (from.op === 'core-instantiate') return { instance: arg.instance, name }
    return from.exports.find((entry) => entry.name === name)
  }

  private isTable(given: CoreExport | CoreRef | undefined): boolean {
    if (given === undefined) return false
    if ('sort' in given) return given.sort === 'table' && this.#tables.has(given.index)
    return given.instance === this.shim.instance && given.name === this.shim.module.table
  }

  private target(name: string, given: CoreExport | CoreRef | undefined): ShimTarget | null {
    const uses = this.#uses.get(name) ?? []
    const entry = this.functionAt(given)
    if (entry?.op === 'lower') return uses.every((use) => use === 'bundle') ? entry : null
    const exported = this.guestExport(given)
    // WebAssembly that calls WebAssembly would be slower by way of JavaScript.
    if (exported === null || uses.some((use) => use !== 'destructor')) return null
    return { op: 'core-alias', ...exported }
  }

  /** An export of an instance of another module. */
  private guestExport(given: CoreExport | CoreRef | undefined): CoreExport | null {
    const entry = given !== undefined && 'instance' in given ? given : this.functionAt(given)
    if (entry === undefined || !('instance' in entry) || !('name' in entry)) return null
    const { instance, name } = entry
    const isModule = this.space.instances[instance]?.op === 'core-instantiate'
    return isModule && instance !== this.shim.instance ? { instance, name } : null
  }

  private functionAt(given: CoreExport | CoreRef | undefined): Definition | undefined {
    return given !== undefined && 'sort' in given && given.sort === 'func'
      ? this.space.functions[given.index]
      : undefined
  }

  /** Whether anything but the fixup is given the shim or its table, or a bundle may hide what it is made of. */
  private isSeen(): boolean {
    const { definitions, instances } = this.space
    const hasTable = (instance: number): boolean => {
      const from = instances[instance]
      if (from?.op !== 'core-bundle') return instance === this.shim.instance
      return from.exports.some(({ sort, index }) => sort === 'table' && this.#tables.has(index))
    }
    return definitions.some((definition) => {
      if (definition.op === 'core-alias') return instances[definition.instance]?.op === 'core-bundle'
      if (definition.op !== 'core-instantiate' || definition === this.fixup.definition) return false
      return definition.args.some(({ instance }) => hasTable(instance))
    })
  }
}
