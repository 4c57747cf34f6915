import type { CoreFunc, JsValue } from '../abi/js-value.js'
import { GuestMemory } from '../abi/memory.js'
import type { CoreRef, CoreSort, Definition } from '../binary/definition.js'
import { errors, shownEngineError } from '../errors/index.js'
import { fuelImport } from '../limits/index.js'
import type { Frame } from './frame.js'
import { hostModule } from './host-module.js'

/** @throws {LINK_FAILED | GUEST_TRAP | LIMIT_EXCEEDED} the modules do not fit, or the module's start function trapped */
export function instantiateCore(
  frame: Frame,
  { module, args }: Definition & { op: 'core-instantiate' },
): void {
  const imports: Record<string, Record<string, JsValue>> = Object.create(null)
  for (const { name, instance } of args) imports[name] = frame.coreInstances[instance]!
  const { store, kept } = frame.linkage
  const { fuel } = store
  const code = frame.modules[module]!
  if (code.kind === 'host-module') {
    frame.coreInstances.push(hostModule(store, code, imports))
    return
  }
  if (fuel !== null) imports[fuelImport.module] = { [fuelImport.name]: fuel.global }
  store.addModule(code)
  const { exports } = entered(frame, () => new WebAssembly.Instance(code.module!, imports))
  fuel?.functions?.add(code.index, exports)
  for (const name of code.memories) store.memories.push(exports[name] as WebAssembly.Memory)
  if (code.state !== null) {
    const { globals, start } = code.state
    for (const { name, type } of globals)
      kept.globals.push({ global: exports[name] as WebAssembly.Global, type })
    if (start !== null && !kept.continues) entered(frame, exports[start] as CoreFunc)
  }
  frame.coreInstances.push(exports)
}

/** Runs what may run code of the guest. @throws {LINK_FAILED | GUEST_TRAP} and whatever else ends an instance */
export function entered<T>({ state, linkage: { store } }: Frame, run: () => T): T {
  state.busy = true
  let result: T
  try {
    result = run()
    if (store.locked) throw store.swallowed()
  } catch (error) {
    const isLinkError = error instanceof WebAssembly.LinkError || error instanceof TypeError
    throw store.settle(
      isLinkError ? errors.LINK_FAILED({ reason: error.message }, shownEngineError(error)) : error,
    )
  }
  state.busy = false
  return result
}

export function bundleCore(frame: Frame, refs: readonly CoreRef[]): void {
  const bundle: Record<string, JsValue> = Object.create(null)
  for (const { name, sort, index } of refs) bundle[name] = coreItemAt(frame, sort, index)
  frame.coreInstances.push(bundle)
}

export function aliasCore(frame: Frame, { sort, instance, name }: Definition & { op: 'core-alias' }): void {
  const item = frame.coreInstances[instance]![name]
  switch (sort) {
    case 'func':
      frame.coreFuncs.push(item as CoreFunc)
      return
    case 'memory':
      frame.coreMemories.push(guestMemory(frame, item as WebAssembly.Memory))
      return
    case 'table':
      frame.coreTables.push(item as WebAssembly.Table)
      return
    case 'global':
      frame.coreGlobals.push(item as WebAssembly.Global)
      return
    case 'tag':
      frame.coreTags.push(item)
      return
    default:
      throw errors.UNSUPPORTED_FEATURE({ feature: `a core alias of a ${sort}` })
  }
}

function coreItemAt(frame: Frame, sort: CoreSort, index: number): JsValue {
  switch (sort) {
    case 'func':
      return frame.coreFuncs[index]
    case 'memory':
      return frame.coreMemories[index]!.memory
    case 'table':
      return frame.coreTables[index]
    case 'global':
      return frame.coreGlobals[index]
    case 'tag':
      return frame.coreTags[index]
    default:
      throw errors.UNSUPPORTED_FEATURE({ feature: `a core ${sort} in a core instance` })
  }
}

function guestMemory({ linkage: { memories } }: Frame, memory: WebAssembly.Memory): GuestMemory {
  let guest = memories.get(memory)
  if (guest === undefined) {
    guest = new GuestMemory(memory)
    memories.set(memory, guest)
  }
  return guest
}
