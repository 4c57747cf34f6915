import type { JsValue } from '../abi/js-value.js'
import type { ComponentDefinition, Definition, Ref, Sort } from '../binary/definition.js'
import { errors } from '../errors/index.js'
import type { ExternType } from '../types/index.js'
import { bindResources, type ResourceMap } from './bind-resources.js'
import { defineResource, liftFunc, lowerFunc, resourceIntrinsic } from './canon.js'
import { aliasCore, bundleCore, instantiateCore } from './core.js'
import { Frame, type Linkage } from './frame.js'
import { type ComponentItem, type InstanceItem, type Item, plainType } from './items.js'
import { connectShim, makeShim } from './shim/run.js'

export interface FrameInit {
  readonly linkage: Linkage
  readonly definition: ComponentDefinition
  readonly args: ReadonlyMap<string, Item>
  readonly resources: ResourceMap
  readonly parent: Frame | null
}

/** Instantiates a component: runs its definitions in order, and returns its exports. */
export function runComponent(init: FrameInit): InstanceItem {
  const frame = new Frame(init.linkage, init.resources, init.parent)
  const exports = new Map<string, Item>()
  for (const definition of init.definition.definitions) {
    if (definition.op === 'import') {
      append(frame, definition.type, init.args.get(definition.name)!)
    } else if (definition.op === 'export') {
      const item = itemAt(frame, definition.sort, definition.index)
      append(frame, definition.type, item)
      exports.set(definition.name, item)
    } else {
      run(frame, definition)
    }
  }
  return { kind: 'instance', exports }
}

type InnerDefinition = Exclude<Definition, { readonly op: 'import' | 'export' }>

function run(frame: Frame, definition: InnerDefinition): void {
  switch (definition.op) {
    case 'core-module':
      frame.modules.push(frame.linkage.modules[definition.module]!)
      return
    case 'core-instantiate':
      instantiateCore(frame, definition)
      return
    case 'core-shim':
      makeShim(frame, definition)
      return
    case 'core-fixup':
      connectShim(frame, definition)
      return
    case 'core-bundle':
      bundleCore(frame, definition.exports)
      return
    case 'core-alias':
      aliasCore(frame, definition)
      return
    case 'component':
      frame.components.push(componentItem(frame, definition.component))
      return
    case 'instantiate': {
      const { instantiate } = frame.components[definition.component]!
      append(frame, definition.type, instantiate(refsOf(frame, definition.args)))
      return
    }
    case 'bundle':
      append(frame, definition.type, { kind: 'instance', exports: refsOf(frame, definition.exports) })
      return
    case 'alias':
      append(frame, definition.type, frame.instances[definition.instance]!.exports.get(definition.name)!)
      return
    case 'outer-alias':
      outerAlias(frame, definition)
      return
    case 'core-type':
      return
    case 'type':
      frame.types.push(plainType)
      return
    case 'resource':
      defineResource(frame, definition)
      return
    case 'lift':
      liftFunc(frame, definition)
      return
    case 'lower':
      lowerFunc(frame, definition)
      return
    case 'resource-new':
    case 'resource-rep':
    case 'resource-drop':
      resourceIntrinsic(frame, definition)
      return
    case 'start':
      runStart(frame, definition)
      return
  }
}

function componentItem(frame: Frame, definition: ComponentDefinition): ComponentItem {
  const { linkage } = frame
  return {
    kind: 'component',
    instantiate: (args) => runComponent({ linkage, definition, args, resources: new Map(), parent: frame }),
  }
}

/** Appends an item to the index space of its sort. */
function append(frame: Frame, type: ExternType, item: Item): void {
  bindResources(frame.resources, type, item)
  switch (item.kind) {
    case 'func':
      frame.funcs.push(item)
      return
    case 'instance':
      frame.instances.push(item)
      return
    case 'type':
      frame.types.push(item)
      return
    case 'component':
      frame.components.push(item)
      return
    case 'module':
    case 'host-module':
      frame.modules.push(item)
      return
  }
}

function refsOf(frame: Frame, refs: readonly Ref[]): ReadonlyMap<string, Item> {
  return new Map(refs.map(({ name, sort, index }) => [name, itemAt(frame, sort, index)]))
}

function itemAt(frame: Frame, sort: Sort, index: number): Item {
  switch (sort) {
    case 'func':
      return frame.funcs[index]!
    case 'instance':
      return frame.instances[index]!
    case 'type':
      return frame.types[index]!
    case 'component':
      return frame.components[index]!
    case 'core-module':
      return frame.modules[index]!
    case 'value':
      throw errors.UNSUPPORTED_FEATURE({ feature: 'exported values' })
  }
}

function outerAlias(frame: Frame, { sort, depth, index }: Definition & { op: 'outer-alias' }): void {
  const outer = frame.outer(depth)
  if (sort === 'core-module') frame.modules.push(outer.modules[index]!)
  else if (sort === 'component') frame.components.push(outer.components[index]!)
  else if (sort === 'type') frame.types.push(depth === 0 ? outer.types[index]! : plainType)
}

function runStart(frame: Frame, { func, args, results }: Definition & { op: 'start' }): void {
  const target = frame.funcs[func]!.func
  if (target.kind === 'host') throw errors.UNSUPPORTED_FEATURE({ feature: 'an imported start function' })
  const result: JsValue = target.fromGuest(...args.map((index) => frame.values[index]))
  if (results > 0) frame.values.push(result)
}
