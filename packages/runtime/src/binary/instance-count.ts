import type { DecodeContext } from './context.js'
import type { ComponentDefinition, Definition, Ref } from './definition.js'

/**
 * Counts what one instantiation of `root` makes, by running it in thought: components are closures, passed around
 * and instantiated, and everything else is left out. So a few nested components that stand for billions of instances
 * are refused before the first is made.
 * @throws {LIMIT_EXCEEDED} too many instances, or too many definitions to run over all of them
 */
export function countInstances(context: DecodeContext, root: ComponentDefinition): void {
  new Rehearsal(context).instantiate({ definition: root, parent: null }, new Map())
}

/** Definitions that one instantiation may run, for each definition that the file may have. */
const RUNS_PER_DEFINITION = 10

interface Closure {
  readonly definition: ComponentDefinition
  readonly parent: Frame | null
}

/** An instance is the components and instances that it exports. */
type Exports = ReadonlyMap<string, Item>
/** `null` is what comes from outside of the root. */
type Item = { readonly component: Closure } | { readonly instance: Exports } | null

interface Frame {
  readonly parent: Frame | null
  readonly components: Item[]
  readonly instances: Item[]
}

class Rehearsal {
  readonly #context: DecodeContext
  readonly #relevant = new Map<ComponentDefinition, readonly Definition[]>()
  #instances = 0
  #runs = 0

  constructor(context: DecodeContext) {
    this.#context = context
  }

  instantiate({ definition, parent }: Closure, args: Exports): Exports {
    this.#count()
    this.#charge(definition.definitions.length)
    const frame: Frame = { parent, components: [], instances: [] }
    const exports = new Map<string, Item>()
    for (const item of this.#relevantOf(definition)) this.#run(item, frame, { args, exports })
    return exports
  }

  /** Definitions that run, and what they pass along. */
  #charge(runs: number): void {
    this.#runs += runs
    const max = this.#context.limits.definitions * RUNS_PER_DEFINITION
    if (this.#runs > max) throw this.#context.exceeded('definitions', { value: this.#runs, max })
  }

  #count(): void {
    this.#context.limit('instances', ++this.#instances)
  }

  #relevantOf(component: ComponentDefinition): readonly Definition[] {
    let relevant = this.#relevant.get(component)
    if (relevant === undefined) {
      relevant = component.definitions.filter(isRelevant)
      this.#relevant.set(component, relevant)
    }
    return relevant
  }

  #run(
    definition: Definition,
    frame: Frame,
    { args, exports }: { args: Exports; exports: Map<string, Item> },
  ): void {
    switch (definition.op) {
      case 'core-instantiate':
        this.#count()
        return
      case 'component':
        frame.components.push({ component: { definition: definition.component, parent: frame } })
        return
      case 'instantiate':
        frame.instances.push(
          this.#instance(frame.components[definition.component] ?? null, frame, definition.args),
        )
        return
      case 'bundle':
        this.#charge(definition.exports.length)
        frame.instances.push({ instance: itemsOf(frame, definition.exports) })
        return
      case 'import':
        append(frame, definition.type.kind, args.get(definition.name) ?? null)
        return
      case 'alias':
        append(
          frame,
          definition.sort,
          exportOf(frame.instances[definition.instance] ?? null, definition.name),
        )
        return
      case 'outer-alias':
        frame.components.push(outer(frame, definition.depth)?.components[definition.index] ?? null)
        return
      case 'export': {
        const item = itemOf(frame, definition)
        append(frame, definition.sort, item)
        exports.set(definition.name, item)
      }
    }
  }

  #instance(component: Item, frame: Frame, args: readonly Ref[]): Item {
    this.#charge(args.length)
    if (component !== null && 'component' in component) {
      return { instance: this.instantiate(component.component, itemsOf(frame, args)) }
    }
    this.#count()
    return null
  }
}

function isRelevant(definition: Definition): boolean {
  switch (definition.op) {
    case 'core-instantiate':
    case 'component':
    case 'instantiate':
    case 'bundle':
      return true
    case 'import':
      return isCarrier(definition.type.kind)
    case 'alias':
    case 'outer-alias':
    case 'export':
      return isCarrier(definition.sort)
    default:
      return false
  }
}

function isCarrier(sort: string): boolean {
  return sort === 'component' || sort === 'instance'
}

function append(frame: Frame, sort: string, item: Item): void {
  if (sort === 'component') frame.components.push(item)
  else frame.instances.push(item)
}

function itemsOf(frame: Frame, refs: readonly Ref[]): Exports {
  const items = new Map<string, Item>()
  for (const ref of refs) if (isCarrier(ref.sort)) items.set(ref.name, itemOf(frame, ref))
  return items
}

function itemOf(frame: Frame, { sort, index }: { sort: string; index: number }): Item {
  return (sort === 'component' ? frame.components : frame.instances)[index] ?? null
}

function exportOf(item: Item, name: string): Item {
  return item !== null && 'instance' in item ? (item.instance.get(name) ?? null) : null
}

function outer(frame: Frame, depth: number): Frame | null {
  let at: Frame | null = frame
  for (let i = 0; i < depth && at !== null; i++) at = at.parent
  return at
}
