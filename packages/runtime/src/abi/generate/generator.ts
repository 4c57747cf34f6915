import type { AsyncType, EnumType, ResourceType, ValueType, VariantType } from '../../types/index.js'
import { unsupportedType } from '../features.js'
import { Source } from './source.js'

type Purpose =
  | 'load'
  | 'store'
  | 'check'
  | 'list'
  | 'lower-list'
  | `${'relocate' | 'copy'}-${'guest' | 'area'}`

/** The source of one function, with one helper per type and purpose however often the type occurs. */
export class Generator {
  readonly source = new Source()
  private readonly helpers = new Map<Purpose, Map<ValueType, string>>()
  private readonly indices = new Map<ValueType, ReadonlyMap<string, number>>()

  /** The name of the helper for `type`, made on first use. */
  helperFor(purpose: Purpose, type: ValueType, make: () => string): string {
    let helpers = this.helpers.get(purpose)
    if (helpers === undefined) {
      helpers = new Map()
      this.helpers.set(purpose, helpers)
    }
    let name = helpers.get(type)
    if (name === undefined) {
      name = make()
      helpers.set(type, name)
    }
    return name
  }

  /** The text of the run-time resource that `type` stands for. */
  resource(type: ResourceType): string {
    return `cx.resource(${this.source.constant(type)})`
  }

  /** The text of a map from the tag of a case to its index. */
  tagIndices(type: VariantType): string {
    return this.indexMap(
      type,
      type.cases.map((c) => c.name),
    )
  }

  /** The text of a map from a label to its index. */
  labelIndices(type: EnumType): string {
    return this.indexMap(type, type.labels)
  }

  unsupported(type: AsyncType): never {
    throw unsupportedType(type)
  }

  private indexMap(type: ValueType, names: readonly string[]): string {
    let indices = this.indices.get(type)
    if (indices === undefined) {
      indices = new Map(names.map((name, i) => [name, i]))
      this.indices.set(type, indices)
    }
    return this.source.constant(indices)
  }
}
