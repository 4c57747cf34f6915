import type { ExternType, InstanceType, ResourceType, ValueType } from '@wasm-plugin/runtime'

/**
 * Structural equality of types of two components. A pair that was compared once is not compared again, so a type that
 * doubles per level costs only its levels.
 */
export class TypeMatcher {
  private readonly known = new Map<unknown, Map<unknown, boolean>>()
  private readonly resources: readonly [ReadonlyMap<unknown, string>, ReadonlyMap<unknown, string>]

  constructor(left: InstanceType | null, right: InstanceType | null) {
    this.resources = [resourceNames(left), resourceNames(right)]
  }

  matches(left: ExternType, right: ExternType): boolean {
    if (left.kind === 'func' && right.kind === 'func') {
      return (
        left.async === right.async &&
        this.all(left.params, right.params, (a, b) => a.name === b.name && this.same(a.type, b.type)) &&
        this.both(left.result, right.result)
      )
    }
    if (left.kind === 'type' && right.kind === 'type') {
      return isValue(left.type) && isValue(right.type) && this.same(left.type, right.type)
    }
    return left.kind === right.kind
  }

  private same(left: ValueType | ResourceType, right: ValueType | ResourceType): boolean {
    if (left === right) return true
    let row = this.known.get(left)
    if (row === undefined) {
      row = new Map()
      this.known.set(left, row)
    }
    let answer = row.get(right)
    if (answer === undefined) {
      answer = this.equal(left, right)
      row.set(right, answer)
    }
    return answer
  }

  private equal(left: ValueType | ResourceType, right: ValueType | ResourceType): boolean {
    switch (left.kind) {
      case 'record':
        return (
          right.kind === left.kind &&
          this.all(left.fields, right.fields, (a, b) => a.name === b.name && this.same(a.type, b.type))
        )
      case 'variant':
        return (
          right.kind === left.kind &&
          this.all(left.cases, right.cases, (a, b) => a.name === b.name && this.both(a.type, b.type))
        )
      case 'enum':
      case 'flags':
        return right.kind === left.kind && this.all(left.labels, right.labels, (a, b) => a === b)
      case 'tuple':
        return right.kind === left.kind && this.all(left.items, right.items, (a, b) => this.same(a, b))
      case 'list':
        return (
          right.kind === left.kind && left.length === right.length && this.same(left.element, right.element)
        )
      case 'option':
        return right.kind === left.kind && this.same(left.element, right.element)
      case 'result':
        return right.kind === left.kind && this.both(left.ok, right.ok) && this.both(left.err, right.err)
      case 'own':
      case 'borrow':
        return right.kind === left.kind && this.same(left.resource, right.resource)
      case 'resource':
        return right.kind === left.kind && this.resourceName(0, left) === this.resourceName(1, right)
      case 'map':
        return (
          right.kind === left.kind &&
          this.both(left.key ?? null, right.key ?? null) &&
          this.both(left.element, right.element)
        )
      case 'stream':
      case 'future':
        return right.kind === left.kind && this.both(left.element, right.element)
      default:
        return right.kind === left.kind
    }
  }

  private both(left: ValueType | null, right: ValueType | null): boolean {
    return left === null || right === null ? left === right : this.same(left, right)
  }

  private all<T>(left: readonly T[], right: readonly T[], same: (a: T, b: T) => boolean): boolean {
    return left.length === right.length && left.every((item, i) => same(item, right[i]!))
  }

  /** Identity of resources does not cross components; the name in the interface does. */
  private resourceName(side: 0 | 1, resource: ResourceType): string {
    return this.resources[side].get(resource) ?? resource.name
  }
}

/** A resource keeps its first name: the others are aliases, of which two components need not have the same. */
function resourceNames(instance: InstanceType | null): ReadonlyMap<unknown, string> {
  const names = new Map<unknown, string>()
  for (const [name, item] of instance?.exports ?? []) {
    if (item.kind === 'type' && item.type.kind === 'resource' && !names.has(item.type))
      names.set(item.type, name)
  }
  return names
}

function isValue(type: { kind: string }): type is ValueType | ResourceType {
  return !['func', 'instance', 'component'].includes(type.kind)
}
