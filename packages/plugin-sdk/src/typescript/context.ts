import type { ExternType, InstanceType, ResourceType, ValueType } from '@wasm-plugin/runtime'
import { Code } from '../assemblyscript/code.js'
import { NameScope } from '../wit/name-scope.js'
import { pascalCase } from '../wit/names.js'
import { isResource, localName } from '../world/scopes.js'
import { isAnswered } from '../world/shipped.js'
import type { TypeName, World } from '../world/world.js'

/** An interface of the world with the TypeScript name of its functions' object. */
export interface NamedInterface {
  readonly id: string
  readonly name: string
  readonly direction: 'import' | 'export'
  readonly type: InstanceType
}

/** Who the types are for: the application that loads plugins, or the plugin itself, whose engine may not wait. */
export type Side = 'host' | 'guest' | 'blocking-guest'

/** What the emitters of one generation share: names that are taken, and declarations that are asked for. */
export class TypesContext {
  readonly interfaces: readonly NamedInterface[]
  private readonly names = new Map<ValueType | ResourceType, string>()
  private readonly scope: NameScope
  private readonly prefix: string = ''
  private readonly declarations: Code[] = []
  private readonly pending: (() => void)[] = []

  constructor(
    readonly world: World,
    reserved: readonly string[],
    private readonly declare: (context: TypesContext, type: ValueType | ResourceType, code: Code) => void,
    readonly side: Side = 'host',
  ) {
    this.scope = new NameScope(GLOBALS, reserved)
    this.interfaces = [...this.interfacesOf('export'), ...this.interfacesOf('import')]
  }

  /**
   * The TypeScript name of a type that the WIT names, declared at first use; undefined for types to write out. Two
   * types of one name are told apart by their interface: `TypesErrorCode`.
   */
  nameOf(type: ValueType | ResourceType): string | undefined {
    const wit = this.world.names.get(type)
    if (wit === undefined || !DECLARED.has(type.kind)) return undefined
    let name = this.names.get(type)
    if (name === undefined) {
      const own = pascalCase(wit.name)
      name = this.scope.take(own, `${interfaceName(wit.interface)}${own}`)
      this.names.set(type, name)
      const code = new Code()
      this.declarations.push(code)
      this.pending.push(() => this.declare(this, type, code))
    }
    return `${this.prefix}${name}`
  }

  /** The same names as another module has them, which imports each where it uses it. */
  from(module: string): TypesContext {
    return Object.assign(Object.create(this) as TypesContext, { prefix: `import('${module}').` })
  }

  /** Declarations of all types that were named so far and of those that they name. */
  flush(): string[] {
    for (let next = this.pending.shift(); next !== undefined; next = this.pending.shift()) next()
    return this.declarations.map(String)
  }

  doc(id: string | null, item?: string): string | undefined {
    const key = id ?? this.world.id
    return this.world.docs.get(item === undefined ? key : `${key}#${item}`)
  }

  witName(type: ValueType | ResourceType): TypeName | undefined {
    return this.world.names.get(type)
  }

  /** What the host answers of WASI comes from it, so an application needs no types of it unless the plugin exports them. */
  private interfacesOf(direction: 'import' | 'export'): NamedInterface[] {
    const items: ReadonlyMap<string, ExternType> = this.world[`${direction}s`]
    return [...items].flatMap(([id, type]) => {
      if (type.kind !== 'instance' || this.isGiven(id, direction)) return []
      if (![...type.exports.values()].some((item) => item.kind === 'func' || isResource(item))) return []
      const own = interfaceName(id)
      const name = this.scope.take(own, `${direction === 'import' ? 'Host' : 'Plugin'}${own}`)
      return [{ id, name, direction, type }]
    })
  }

  private isGiven(id: string, direction: 'import' | 'export'): boolean {
    return this.side === 'host' && direction === 'import' && isAnswered(id)
  }
}

/** `acme:site/render@0.1.0` → `Render` */
export function interfaceName(id: string | null): string {
  return pascalCase(localName(id ?? 'world'))
}

const DECLARED = new Set(['record', 'variant', 'enum', 'flags', 'resource'])

/** Names that the generated code uses as TypeScript has them. */
const GLOBALS =
  `Promise Array Symbol Error Record Option Uint8Array Int8Array Uint16Array Int16Array Uint32Array
  Int32Array BigUint64Array BigInt64Array Float32Array Float64Array`.split(/\s+/)
