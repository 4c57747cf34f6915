import type { CheckedComponent, ComponentDefinition, ModuleDefinition } from '../../binary/definition.js'
import { findShim } from './find.js'

export interface Bound {
  readonly checked: CheckedComponent
  /** Core modules that are not instantiated. */
  readonly unused: ReadonlySet<number>
}

/**
 * The component without the modules that do nothing but pass calls on, in it and in the components inside of it: what they
 * would call is given directly to who imports it. Two modules of some hundred bytes take longer to instantiate than all of a
 * small plugin. All else is the same, what is counted included.
 */
export function bindShims(checked: CheckedComponent): Bound {
  const unused = new Set<number>()
  if (passesModules(checked.root)) return { checked, unused }
  const root = bindIn(checked.root, checked.coreModules, unused)
  return { checked: { ...checked, root }, unused }
}

/** Whether a core module is more than what the component that it is in instantiates. */
function passesModules({ definitions }: ComponentDefinition): boolean {
  return definitions.some((definition) => {
    switch (definition.op) {
      case 'component':
        return passesModules(definition.component)
      case 'outer-alias':
      case 'export':
        return definition.sort === 'core-module'
      case 'instantiate':
        return definition.args.some(({ sort }) => sort === 'core-module')
      case 'bundle':
        return definition.exports.some(({ sort }) => sort === 'core-module')
      default:
        return false
    }
  })
}

function bindIn(
  component: ComponentDefinition,
  modules: readonly ModuleDefinition[],
  unused: Set<number>,
): ComponentDefinition {
  const found = findShim(component.definitions, modules)
  for (const module of found?.modules ?? []) unused.add(modules.indexOf(module))
  let isChanged = found !== null
  const definitions = component.definitions.map((definition) => {
    if (definition.op === 'component') {
      const inner = bindIn(definition.component, modules, unused)
      isChanged ||= inner !== definition.component
      return inner === definition.component ? definition : { ...definition, component: inner }
    }
    const replaced = [found?.shim, found?.fixup].find((one) => one?.definition === definition)
    return replaced?.becomes ?? definition
  })
  return isChanged ? { ...component, definitions } : component
}
