import type { ExternType, ResourceType, ValueType } from '@wasm-plugin/runtime'
import type { World } from '../world/world.js'
import { Module } from './module.js'
import { typeName } from './names.js'

/** The items of one interface, or of the world itself, in one direction. */
export interface Scope {
  /** `wasi:io/streams@0.2.12`; null for the items of the world itself. */
  readonly id: string | null
  readonly direction: 'import' | 'export'
  readonly items: ReadonlyMap<string, ExternType>
  readonly module: Module
  /** Path of the author's file that implements it, relative to the generated files. */
  readonly implementation: string
}

/** Where the class or enum of a type is declared. */
export interface Declaration {
  readonly path: string
  readonly name: string
  /** Interface id for a resource that the plugin implements: its class is the author's. */
  readonly exportedBy?: string | null
}

/** What all emitters of one generation share. */
export class Context {
  readonly scopes: readonly Scope[]
  /** Helpers that load and store values of the world's types in memory. */
  readonly values = new Module('values', 'Loads and stores values of the contract')
  /** The core exports. */
  readonly entry = new Module('entry', 'The exports of the plugin')
  readonly declarations = new Map<ValueType | ResourceType, Declaration>()
  /** Identifier that AssemblyScript exports → names of the canonical ABI. */
  readonly exportNames = new Map<string, string[]>()

  constructor(
    readonly world: World,
    readonly implementationOf: (interfaceId: string | null) => string,
  ) {
    const paths = modulePaths(world)
    this.scopes = scopesOf(world).map((scope) => {
      const path = scope.id === null ? 'world' : paths.get(`${scope.direction} ${scope.id}`)!
      const module = scope.id === null ? this.worldModule : new Module(path, scope.id)
      return { ...scope, module, implementation: implementationOf(scope.id) }
    })
    for (const scope of this.scopes) this.declareTypes(scope)
  }

  readonly worldModule = new Module('world', 'The world itself')

  get modules(): Module[] {
    return [...new Set([...this.scopes.map((scope) => scope.module), this.values, this.entry])]
  }

  doc(scope: Scope, item?: string): string | undefined {
    const id = scope.id ?? this.world.id
    return this.world.docs.get(item === undefined ? id : `${id}#${item}`)
  }

  private declareTypes(scope: Scope): void {
    for (const [name, item] of scope.items) {
      if (item.kind !== 'type' || this.declarations.has(item.type as ValueType)) continue
      const type = item.type
      if (type.kind === 'resource' && scope.direction === 'export') {
        const declaration = { path: scope.implementation, name: typeName(name), exportedBy: scope.id }
        this.declarations.set(type, declaration)
      } else if (isNominal(type)) {
        const declared = scope.module.declare(typeName(name))
        this.declarations.set(type, { path: scope.module.path, name: declared })
        if (type.kind === 'variant') scope.module.declare(`${declared}Tag`)
      }
    }
  }
}

/** Types that become a class or an enum; the others are written out where they are used. */
export function isNominal(type: { kind: string }): type is ValueType | ResourceType {
  return ['record', 'variant', 'enum', 'flags', 'resource'].includes(type.kind)
}

function scopesOf(world: World): Pick<Scope, 'id' | 'direction' | 'items'>[] {
  const scopes: Pick<Scope, 'id' | 'direction' | 'items'>[] = []
  for (const direction of ['import', 'export'] as const) {
    const rootItems = new Map<string, ExternType>()
    for (const [name, item] of direction === 'import' ? world.imports : world.exports) {
      if (item.kind === 'instance') scopes.push({ id: name, direction, items: item.exports })
      else rootItems.set(name, item)
    }
    scopes.push({ id: null, direction, items: rootItems })
  }
  // Types of the world itself may be used by nothing but its own functions; interfaces come first in both directions.
  return scopes
}

/**
 * `acme:site/log@0.1.0` → `acme-site/log`. The version is kept only where two would meet, and an exported interface
 * that is imported too goes below `exports/`.
 */
function modulePaths(world: World): Map<string, string> {
  const paths = new Map<string, string>()
  const taken = new Set<string>()
  for (const direction of ['import', 'export'] as const) {
    for (const [id, item] of direction === 'import' ? world.imports : world.exports) {
      if (item.kind !== 'instance') continue
      const both = direction === 'export' && world.imports.has(id)
      const base = both ? `exports/${shortPath(id)}` : shortPath(id)
      const path = taken.has(base) ? `${base}@${id.split('@')[1]}` : base
      taken.add(path)
      paths.set(`${direction} ${id}`, path)
    }
  }
  return paths
}

/** An inline interface has a plain name and goes below `world/`. */
function shortPath(id: string): string {
  const [name = ''] = id.split('@')
  return name.includes('/') ? name.replaceAll(':', '-') : `world/${name}`
}
