import type { ExternType, TypeExport } from '../types/index.js'
import { decodeAlias } from './alias.js'
import { decodeCanon } from './canon.js'
import type { DecodeContext, Steps } from './context.js'
import { decodeCoreInstance } from './core-instance.js'
import { decodeCoreModule } from './core-module.js'
import type { ComponentDefinition, CustomSection } from './definition.js'
import { decodeExternName, decodeExternType, introduce } from './extern.js'
import { finishComponent } from './finish.js'
import { checkFile, checkHeader } from './header.js'
import { decodeInstance } from './instance.js'
import { hex, type Reader } from './reader.js'
import { Scope } from './scope.js'
import { decodeExternSort } from './sorts.js'
import { checkSubtype } from './subtype.js'
import { decodeCoreType, decodeType } from './type-section.js'

export interface DecodedComponent {
  readonly component: ComponentDefinition
  readonly customSections: readonly CustomSection[]
}

/** Decodes and checks one component, header included, and everything nested in it. */
export function* decodeComponentAt(
  reader: Reader,
  context: DecodeContext,
  parent: Scope | null,
): Steps<DecodedComponent> {
  if (parent === null) checkFile(reader)
  checkHeader(reader)
  const scope = new Scope('component', parent, context)
  const customSections: CustomSection[] = []
  while (!reader.done) {
    const at = reader.offset
    context.offset = at
    const id = reader.u8()
    const section = reader.range(reader.u32())
    if (id === 0) customSections.push(decodeCustomSection(section, context))
    else yield* decodeSection(section, scope, { id, at })
  }
  context.offset = reader.offset
  const type = finishComponent(scope)
  return { component: { type, definitions: scope.definitions }, customSections }
}

function decodeCustomSection(section: Reader, context: DecodeContext): CustomSection {
  context.define(1)
  const name = section.name(context.limits.nameBytes)
  return { name, bytes: section.take(section.remaining) }
}

function* decodeSection(section: Reader, scope: Scope, { id, at }: { id: number; at: number }): Steps<void> {
  const decodeItem = ITEMS.get(id)
  if (decodeItem !== undefined) {
    const count = scope.context.count(section)
    for (let i = 0; i < count; i++) {
      scope.context.offset = section.offset
      yield* decodeItem(section, scope) ?? []
      yield
    }
  } else if (id === 1) {
    coreModuleSection(section, scope)
  } else if (id === 4) {
    yield* componentSection(section, scope)
  } else if (id === 9) {
    startSection(section, scope)
  } else if (id === 12) {
    throw scope.context.unsupported('values')
  } else {
    throw section.malformed(`${hex(id)} is not a section`, at)
  }
  section.finish(`section ${id}`)
}

/** Most items are one step. */
type DecodeItem = (section: Reader, scope: Scope) => Steps<void> | void

const ITEMS: ReadonlyMap<number, DecodeItem> = new Map<number, DecodeItem>([
  [2, decodeCoreInstance],
  [3, decodeCoreType],
  [5, decodeInstance],
  [6, decodeAlias],
  [7, decodeType],
  [8, decodeCanon],
  [10, decodeImport],
  [11, decodeExport],
])

function coreModuleSection(section: Reader, scope: Scope): void {
  const { context } = scope
  context.define(1)
  context.limit('coreModules', context.coreModules.length + 1)
  const module = decodeCoreModule(section, context)
  scope.core.module.push({ kind: 'module', imports: module.imports, exports: module.exports })
  scope.definitions.push({ op: 'core-module', module: context.coreModules.length })
  context.coreModules.push(module)
}

function* componentSection(section: Reader, scope: Scope): Steps<void> {
  const { context } = scope
  context.define(1)
  const { component } = yield* context.nestedSteps(decodeComponentAt(section, context, scope))
  scope.components.push(component.type)
  scope.definitions.push({ op: 'component', component })
}

function startSection(section: Reader, scope: Scope): void {
  const { context } = scope
  context.define(1)
  context.offset = section.offset
  const func = section.u32()
  const args = section.count()
  if (args > 0) throw context.unsupported('values')
  const results = section.u32()
  const type = scope.func(func)
  if (type.params.length !== 0 || results !== (type.result === null ? 0 : 1)) {
    throw context.invalid('the start function is called with another number of values')
  }
  if (results > 0) throw context.unsupported('values')
  if (scope.started) throw context.invalid('the component has a second start function')
  scope.started = true
  scope.definitions.push({ op: 'start', func, args: [], results })
}

function decodeImport(section: Reader, scope: Scope): void {
  const name = decodeExternName(section, scope.context)
  const type = introduce(scope, 'import', { ...name, type: decodeExternType(section, scope) })
  scope.definitions.push({ op: 'import', name: name.name, type })
}

function decodeExport(section: Reader, scope: Scope): void {
  const { context } = scope
  const name = decodeExternName(section, context)
  const sort = decodeExternSort(section, context)
  const index = section.u32()
  const actual = exported(scope, scope.extern(sort, index))
  const flag = section.u8()
  if (flag > 1)
    throw section.malformed(`${hex(flag)} does not say whether a type follows`, section.offset - 1)
  const ascribed = flag === 1 ? decodeExternType(section, scope) : null
  if (ascribed !== null) checkSubtype(context, actual, ascribed)
  const type = introduce(scope, 'export', { ...name, type: ascribed ?? actual })
  scope.definitions.push({ op: 'export', name: name.name, sort, index, type })
}

/** Exporting a type makes a new name of it. A resource made here is abstract outside. */
function exported(scope: Scope, type: ExternType): ExternType {
  if (type.kind !== 'type') return type
  const fresh: TypeExport = { kind: 'type', bound: isOwn(scope, type) ? 'sub' : 'eq', type: type.type }
  return fresh
}

function isOwn(scope: Scope, { type }: TypeExport): boolean {
  return type.kind === 'resource' && scope.definedResources.has(type) && !scope.exports.resources.has(type)
}
