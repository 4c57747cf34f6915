import type { Definition, ModuleDefinition } from '../../binary/definition.js'

export type Instantiate = Definition & { op: 'core-instantiate' }

/** What a core function is taken for. */
export type Use = 'bundle' | 'destructor' | 'lift'

/** An instance of a module that `M` says what it is of. */
export interface Instantiated<M> {
  readonly instance: number
  readonly definition: Instantiate
  readonly module: M
  readonly code: ModuleDefinition
}

/** The core index spaces of a component, each entry as the definition that makes it. */
export class CoreSpace {
  readonly instances: (Definition & { op: 'core-instantiate' | 'core-bundle' })[] = []
  readonly functions: Definition[] = []
  readonly tables: Definition[] = []
  /** By the indices of functions. */
  readonly uses = new Map<number, Use[]>()
  readonly #modules: (ModuleDefinition | null)[] = []
  readonly #instantiations = new Map<number, number>()

  constructor(
    readonly definitions: readonly Definition[],
    modules: readonly ModuleDefinition[],
  ) {
    for (const definition of definitions) this.#add(definition, modules)
  }

  /** The only instance of a module that `read` knows, if that is the only one of its module. */
  only<M>(read: (bytes: Uint8Array) => M | null): Instantiated<M> | null {
    const found: Instantiated<M>[] = []
    for (const [instance, definition] of this.instances.entries()) {
      if (definition.op !== 'core-instantiate') continue
      const code = this.#modules[definition.module] ?? null
      const module = code === null ? null : read(code.bytes)
      if (code !== null && module !== null) found.push({ instance, definition, module, code })
    }
    const [one] = found
    if (one === undefined || found.length > 1) return null
    return this.#instantiations.get(one.definition.module) === 1 ? one : null
  }

  #add(definition: Definition, modules: readonly ModuleDefinition[]): void {
    for (const { use, index } of usesOf(definition)) {
      const uses = this.uses.get(index)
      if (uses === undefined) this.uses.set(index, [use])
      else uses.push(use)
    }
    switch (definition.op) {
      case 'core-module':
        this.#modules.push(modules[definition.module]!)
        return
      case 'core-instantiate':
        this.#instantiations.set(definition.module, (this.#instantiations.get(definition.module) ?? 0) + 1)
        this.instances.push(definition)
        return
      case 'core-bundle':
        this.instances.push(definition)
        return
      case 'lower':
      case 'resource-new':
      case 'resource-rep':
      case 'resource-drop':
        this.functions.push(definition)
        return
      case 'core-alias':
        if (definition.sort === 'func') this.functions.push(definition)
        if (definition.sort === 'table') this.tables.push(definition)
        return
      case 'import':
      case 'alias':
        if (definition.type.kind === 'module') this.#modules.push(null)
    }
  }
}

function usesOf(definition: Definition): { use: Use; index: number }[] {
  switch (definition.op) {
    case 'core-bundle':
      return definition.exports.flatMap(({ sort, index }) =>
        sort === 'func' ? [{ use: 'bundle', index } as const] : [],
      )
    case 'resource':
      return definition.destructor === null ? [] : [{ use: 'destructor', index: definition.destructor }]
    case 'lift':
    case 'lower': {
      const { realloc, postReturn } = definition.options
      const taken = [definition.op === 'lift' ? definition.coreFunc : null, realloc, postReturn]
      return taken.flatMap((index) => (index === null ? [] : [{ use: 'lift', index } as const]))
    }
    default:
      return []
  }
}
