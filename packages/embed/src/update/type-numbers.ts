import { withoutVersion } from '@wasm-plugin/manifest/names'
import type { FuncType, ResourceType, ValueType } from '@wasm-plugin/runtime'
import type { ResourceOrigins } from '../contract/origin.js'

/**
 * Gives types of several components numbers, equal ones the same; a resource is the same where it has the same name in the
 * same interface. Types share their parts, so that each part is looked at once.
 */
export class TypeNumbers {
  readonly #byShape = new Map<string, number>()
  readonly #known = new Map<ValueType, number>()
  readonly #origins: readonly ResourceOrigins[]

  constructor(...origins: readonly ResourceOrigins[]) {
    this.#origins = origins
  }

  /** Two functions with the same parameters, names included, and the same result have the same text. */
  textOf({ params, result }: FuncType): string {
    const parts = params.map(({ name, type }) => `${name}:${this.#of(type)}`)
    return `(${parts.join()})${this.#of(result)}`
  }

  #of(type: ValueType | null): number {
    if (type === null) return 0
    const known = this.#known.get(type)
    if (known !== undefined) return known
    const shape = this.#shapeOf(type)
    const number = this.#byShape.get(shape) ?? this.#byShape.size + 1
    this.#byShape.set(shape, number)
    this.#known.set(type, number)
    return number
  }

  #shapeOf(type: ValueType): string {
    switch (type.kind) {
      case 'record':
        return `record ${type.fields.map((field) => `${field.name}:${this.#of(field.type)}`).join()}`
      case 'variant':
        return `variant ${type.cases.map((one) => `${one.name}:${this.#of(one.type)}`).join()}`
      case 'tuple':
        return `tuple ${type.items.map((item) => this.#of(item)).join()}`
      case 'enum':
      case 'flags':
        return `${type.kind} ${type.labels.join()}`
      case 'option':
        return `option ${this.#of(type.element)}`
      case 'result':
        return `result ${this.#of(type.ok)},${this.#of(type.err)}`
      case 'list':
        return `list ${this.#of(type.element)},${type.length ?? ''}`
      case 'own':
      case 'borrow':
        return `${type.kind} ${this.#nameOf(type.resource)}`
      case 'stream':
      case 'future':
      case 'error-context':
      case 'map':
        return `${type.kind} ${this.#of(type.key ?? null)},${this.#of(type.element)}`
      default:
        return type.kind
    }
  }

  #nameOf(type: ResourceType): string {
    for (const origins of this.#origins) {
      const origin = origins.get(type)
      if (origin !== undefined) return `${withoutVersion(origin.instance ?? '')}#${origin.name}`
    }
    return type.name
  }
}
