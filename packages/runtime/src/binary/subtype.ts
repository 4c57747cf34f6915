import { childTypes } from '../types/children.js'
import type {
  ComponentType,
  CoreExternType,
  ExternType,
  FuncType,
  InstanceType,
  ModuleType,
  ResourceType,
  TypeExport,
  ValueType,
} from '../types/index.js'
import { type DecodeContext, quote } from './context.js'
import { coreMismatch } from './core-match.js'
import { coreImportKey } from './core-names.js'
import { Substituter, type Substitution } from './substitute.js'

type Externs = ReadonlyMap<string, ExternType>

/**
 * Checks that `actual` can stand where `expected` is asked for (Subtyping.md). Instances may export more, components
 * may import less and export more; functions and values must be equal.
 * @throws {INVALID_COMPONENT} naming the first difference, with its path
 */
export function checkSubtype(context: DecodeContext, actual: ExternType, expected: ExternType): void {
  new Check(context).extern(actual, expected)
}

/**
 * Checks that the items of `actual` satisfy the signature `expected`, whose resources `bound` are variables, and
 * answers what the variables and the named types of the signature stand for.
 * @throws {INVALID_COMPONENT} naming the first difference, with its path
 */
export function matchSignature(
  context: DecodeContext,
  actual: Externs,
  signature: { expected: Externs; bound: ReadonlySet<ResourceType>; role: 'import' | 'export' },
): Substitution {
  return new Check(context).signature(actual, signature)
}

class Check {
  readonly #context: DecodeContext
  readonly #path: string[] = []

  constructor(context: DecodeContext) {
    this.#context = context
  }

  extern(actual: ExternType, expected: ExternType): void {
    this.#context.step()
    if (actual === expected) return
    if (actual.kind === 'module' && expected.kind === 'module') this.#module(actual, expected)
    else if (actual.kind === 'func' && expected.kind === 'func') this.#structure(actual, expected)
    else if (actual.kind === 'instance' && expected.kind === 'instance') this.#instance(actual, expected)
    else if (actual.kind === 'component' && expected.kind === 'component') this.#component(actual, expected)
    else if (actual.kind === 'type' && expected.kind === 'type') this.#type(actual.type, expected.type)
    else throw this.#mismatch(expected.kind, actual.kind)
  }

  signature(
    actual: Externs,
    {
      expected,
      bound,
      role,
    }: { expected: Externs; bound: ReadonlySet<ResourceType>; role: 'import' | 'export' },
  ): Substitution {
    const by: Substitution = { resources: new Map(), entries: new Map() }
    for (const [name, type] of expected) this.#bind(type, actual.get(name), { bound, by })
    const substituter = new Substituter(this.#context, { resources: by.resources, entries: new Map() })
    for (const [name, type] of expected) {
      const given = actual.get(name)
      if (given === undefined) throw this.#fail(`missing ${role} ${quote(name)}`)
      this.#within(name, () => this.extern(given, substituter.extern(type)))
      rename(type, given, by)
    }
    return by
  }

  /** Finds what stands for the resource variables of `expected`. Mismatches are left to the comparison. */
  #bind(
    expected: ExternType,
    actual: ExternType | undefined,
    to: { bound: ReadonlySet<ResourceType>; by: Substitution },
  ): void {
    this.#context.step()
    if (expected.kind === 'type' && actual?.kind === 'type') {
      const variable = expected.type
      if (variable.kind !== 'resource' || actual.type.kind !== 'resource') return
      if (to.bound.has(variable) && !to.by.resources.has(variable)) {
        to.by.resources.set(variable, actual.type)
      }
    } else if (expected.kind === 'instance' && actual?.kind === 'instance') {
      if (!this.#context.types.info(expected).open) return
      for (const [name, type] of expected.exports) this.#bind(type, actual.exports.get(name), to)
    }
  }

  #instance(actual: InstanceType, expected: InstanceType): void {
    for (const [name, type] of expected.exports) {
      const given = actual.exports.get(name)
      if (given === undefined) throw this.#fail(`missing export ${quote(name)}`)
      this.#within(name, () => this.extern(given, type))
    }
  }

  /** The imports that `expected` gets must be enough for `actual`; what `actual` then exports, for its users. */
  #component(actual: ComponentType, expected: ComponentType): void {
    const { imported } = this.#context.types.info(actual)
    const given = this.signature(expected.imports, {
      expected: actual.imports,
      bound: imported,
      role: 'import',
    })
    const exports = new Substituter(this.#context, given).exports(actual.exports)
    const { defined } = this.#context.types.info(expected)
    this.signature(exports, { expected: expected.exports, bound: defined, role: 'export' })
  }

  #module(actual: ModuleType, expected: ModuleType): void {
    this.#context.step(actual.imports.length + expected.imports.length + expected.exports.size)
    const given = new Map<string, CoreExternType>()
    for (const { module, name, type } of expected.imports) given.set(coreImportKey(module, name), type)
    for (const { module, name, type } of actual.imports) {
      const offered = given.get(coreImportKey(module, name))
      if (offered === undefined) throw this.#fail(`missing core import ${quote(module)} ${quote(name)}`)
      this.#core(offered, type, name)
    }
    for (const [name, type] of expected.exports) {
      const offered = actual.exports.get(name)
      if (offered === undefined) throw this.#fail(`missing core export ${quote(name)}`)
      this.#core(offered, type, name)
    }
  }

  #core(actual: CoreExternType, expected: CoreExternType, name: string): void {
    const mismatch = coreMismatch(actual, expected)
    if (mismatch !== null) throw this.#fail(`${quote(name)}: ${mismatch}`)
  }

  #type(actual: TypeExport['type'], expected: TypeExport['type']): void {
    if (actual.kind === 'resource' || expected.kind === 'resource') {
      if (actual !== expected) throw this.#mismatch(resourceName(expected), resourceName(actual))
    } else if (isExtern(actual) || isExtern(expected)) {
      if (!isExtern(actual) || !isExtern(expected)) throw this.#mismatch(expected.kind, actual.kind)
      this.extern(actual, expected)
    } else {
      this.#value(actual, expected)
    }
  }

  #value(actual: ValueType, expected: ValueType): void {
    this.#context.step()
    if (actual === expected) return
    if (actual.kind !== expected.kind) throw this.#mismatch(expected.kind, actual.kind)
    if (isHandle(actual) && isHandle(expected) && actual.resource !== expected.resource) {
      throw this.#mismatch(resourceName(expected.resource), resourceName(actual.resource))
    }
    this.#structure(actual, expected)
  }

  /** Compares two types of one kind, part by part and then child by child. */
  #structure(actual: ValueType | FuncType, expected: ValueType | FuncType): void {
    const parts = partsOf(actual)
    const others = partsOf(expected)
    this.#context.step(others.length)
    for (let i = 0; i < Math.max(parts.length, others.length); i++) {
      if (parts[i] !== others[i]) throw this.#mismatch(showPart(others[i]), showPart(parts[i]))
    }
    this.#children(actual, expected)
  }

  #children(actual: ValueType | FuncType, expected: ValueType | FuncType): void {
    const others = childTypes(expected)
    childTypes(actual).forEach((child, i) => {
      this.#value(child, others[i]!)
    })
  }

  #within(name: string, check: () => void): void {
    this.#path.push(name)
    check()
    this.#path.pop()
  }

  #mismatch(expected: string, actual: string) {
    return this.#fail(`expected ${expected}, found ${actual}`)
  }

  #fail(reason: string) {
    const where = this.#path.slice(-4).map(quote).join(' in ')
    return this.#context.invalid(where === '' ? reason : `type mismatch at ${where}: ${reason}`)
  }
}

/** Records which type stands for each named type of a signature that was satisfied. */
function rename(expected: ExternType, actual: ExternType, by: Substitution): void {
  if (expected === actual) return
  if (expected.kind === 'type' && actual.kind === 'type') {
    by.entries.set(expected, actual)
  } else if (expected.kind === 'instance' && actual.kind === 'instance') {
    for (const [name, type] of expected.exports) rename(type, actual.exports.get(name) ?? type, by)
  }
}

function resourceName(type: TypeExport['type']): string {
  return type.kind === 'resource' ? `resource ${quote(type.name)}` : type.kind
}

function isExtern(type: TypeExport['type']): type is FuncType | InstanceType | ComponentType {
  return type.kind === 'func' || type.kind === 'instance' || type.kind === 'component'
}

function isHandle(type: ValueType): type is ValueType & { kind: 'own' | 'borrow' } {
  return type.kind === 'own' || type.kind === 'borrow'
}

/** What a type says beside its kind and its children, as text: two types with equal parts have as many children. */
function partsOf(type: ValueType | FuncType): string[] {
  switch (type.kind) {
    case 'record':
      return type.fields.map(({ name }) => `field ${name}`)
    case 'variant':
      return type.cases.map(({ name, type: payload }) => `case ${name} with ${presence(payload, 'payload')}`)
    case 'enum':
    case 'flags':
      return type.labels.map((label) => `label ${label}`)
    case 'tuple':
      return type.items.map((_, i) => `item ${i}`)
    case 'list':
      return [type.length === undefined ? 'any length' : `length ${type.length}`]
    case 'result':
      return [presence(type.ok, 'ok payload'), presence(type.err, 'err payload')]
    case 'stream':
    case 'future':
      return [presence(type.element, 'payload')]
    case 'func':
      return [
        type.async ? 'async' : 'sync',
        ...type.params.map(({ name }) => `parameter ${name}`),
        presence(type.result, 'result'),
      ]
    default:
      return []
  }
}

function presence(type: ValueType | null, what: string): string {
  return type === null ? `no ${what}` : `${what}`
}

function showPart(part: string | undefined): string {
  return part === undefined ? 'nothing more' : quote(part)
}
