import type { CheckedComponent, ComponentDefinition, Definition } from '../../binary/definition.js'
import type { Constant } from './evaluate.js'
import { exportedGlobals } from './module-globals.js'

/** Values of the globals that a core module imports, in the order of its imports; null for what is not known. */
export type ImportedGlobals = readonly (Constant | null)[]

/**
 * What each core module of a component imports as globals. A component takes no core globals from outside and an
 * immutable one never changes, so the values are known before anything is linked: they come from the constants of other
 * core modules. What a module is given differently in two places is not known.
 */
export function importedGlobals(checked: CheckedComponent): ReadonlyMap<number, ImportedGlobals> {
  const found = new Map<number, ImportedGlobals>()
  new Walk(checked, found, null).run(checked.root)
  return found
}

type Globals = ReadonlyMap<string, Constant | null>

/** The parts of a frame that core modules and their globals go through; null for what comes from elsewhere. */
class Walk {
  private readonly modules: (number | null)[] = []
  private readonly components: ({ definition: ComponentDefinition; parent: Walk } | null)[] = []
  private readonly instances: Globals[] = []
  private readonly globals: (Constant | null)[] = []

  constructor(
    private readonly checked: CheckedComponent,
    private readonly found: Map<number, ImportedGlobals>,
    private readonly parent: Walk | null,
  ) {}

  run({ definitions }: ComponentDefinition): void {
    for (const definition of definitions) this.step(definition)
  }

  private step(definition: Definition): void {
    switch (definition.op) {
      case 'core-module':
        this.modules.push(definition.module)
        return
      case 'core-instantiate':
        this.instances.push(this.instantiate(definition))
        return
      case 'core-bundle':
        this.instances.push(
          new Map(
            definition.exports.flatMap(({ name, sort, index }): [string, Constant | null][] =>
              sort === 'global' ? [[name, this.globals[index] ?? null]] : [],
            ),
          ),
        )
        return
      case 'core-alias':
        if (definition.sort === 'global')
          this.globals.push(this.instances[definition.instance]?.get(definition.name) ?? null)
        return
      case 'component':
        this.components.push({ definition: definition.component, parent: this })
        return
      case 'instantiate': {
        const inner = this.components[definition.component]
        if (inner) new Walk(this.checked, this.found, inner.parent).run(inner.definition)
        return
      }
      case 'outer-alias':
        this.outer(definition)
        return
      case 'export':
        if (definition.sort === 'core-module') this.modules.push(this.modules[definition.index] ?? null)
        if (definition.sort === 'component') this.components.push(this.components[definition.index] ?? null)
        return
      case 'import':
      case 'alias':
        if (definition.type.kind === 'module') this.modules.push(null)
        if (definition.type.kind === 'component') this.components.push(null)
        return
    }
  }

  private instantiate({ module: index, args }: Definition & { op: 'core-instantiate' }): Globals {
    const module = this.modules[index] ?? null
    const code = module === null ? undefined : this.checked.coreModules[module]
    if (module === null || code === undefined) return new Map()
    const given = new Map(args.map(({ name, instance }) => [name, this.instances[instance]]))
    const imported = code.imports
      .filter(({ type }) => type.kind === 'global')
      .map(({ module: from, name }) => given.get(from)?.get(name) ?? null)
    const before = this.found.get(module)
    this.found.set(module, before === undefined ? imported : imported.map((one, i) => same(one, before[i])))
    return exportedGlobals(code, imported, module)
  }

  private outer({ sort, depth, index }: Definition & { op: 'outer-alias' }): void {
    let frame: Walk | null = this
    for (let i = 0; i < depth; i++) frame = frame?.parent ?? null
    if (sort === 'core-module') this.modules.push(frame?.modules[index] ?? null)
    if (sort === 'component') this.components.push(frame?.components[index] ?? null)
  }
}

function same(one: Constant | null, other: Constant | null | undefined): Constant | null {
  return one !== null && one.type === other?.type && one.value === other.value ? one : null
}
