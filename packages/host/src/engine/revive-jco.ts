import {
  ComponentError,
  camelCase,
  clampCoreModule,
  decodeComponent,
  type ExternType,
  memberName,
  PluginError,
  errors as runtimeErrors,
} from '@wasm-plugin/runtime'
import type { EngineLimits, Revived, Running } from './engine.js'
import type { JcoTransfer } from './transpile.js'

type Exported = (...args: unknown[]) => unknown
type Instantiate = (
  getCoreModule: (name: string) => WebAssembly.Module,
  imports: Readonly<Record<string, unknown>>,
) => Record<string, unknown>

/** Imports the generated source and compiles its core modules, with their memories and tables clamped. */
export async function reviveJco(
  { bytes, source, modules }: JcoTransfer,
  limits: EngineLimits,
): Promise<Revived> {
  const { imports, exports } = decodeComponent(bytes).root.type
  const { instantiate } = (await import(
    `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`
  )) as { instantiate: Instantiate }
  const compiled = new Map<string, WebAssembly.Module>()
  for (const [name, module] of modules)
    compiled.set(name, new WebAssembly.Module(new Uint8Array(clampCoreModule(module, limits, compiled.size))))
  return {
    imports,
    exports,
    instantiate(object) {
      const keyed: Record<string, unknown> = Object.create(null)
      for (const [index, [name, type]] of [...imports].entries()) {
        const value = object[name]
        keyed[`import${index}`] = typeof value === 'function' ? { default: value } : asJcoNames(type, value)
      }
      const raw = guarded('instantiate', () =>
        instantiate((name) => compiled.get(name) as WebAssembly.Module, keyed),
      )
      return runningOf(exports, raw)
    },
  }
}

/** The transpiled source looks for functions by their names in camelCase, whatever those mean in JavaScript. */
function asJcoNames(type: ExternType, value: unknown): unknown {
  const given = value as Readonly<Record<string, unknown>>
  const names = type.kind === 'instance' ? [...type.exports.keys()] : []
  const renamed = names.filter((name) => memberName(name) !== camelCase(name))
  if (renamed.length === 0) return value
  const object = Object.create(null) as Record<string, unknown>
  for (const name of Object.keys(given)) object[name] = given[name]
  for (const name of renamed) object[camelCase(name)] = given[memberName(name)]
  return object
}

/** Anything but a value or the `err` of a `result` ends the instance, as with our own runtime. */
function runningOf(types: ReadonlyMap<string, ExternType>, raw: Record<string, unknown>): Running {
  const state: { poisoned: PluginError | null } = { poisoned: null }
  const wrap =
    (name: string, func: Exported): Exported =>
    (...args) => {
      if (state.poisoned !== null)
        throw runtimeErrors.CANNOT_ENTER({ reason: 'an earlier fault ended it' }, state.poisoned)
      try {
        return guarded(name, () => func(...args))
      } catch (error) {
        if (PluginError.is(error)) state.poisoned = error
        throw error
      }
    }
  const exports: Record<string, unknown> = Object.create(null)
  for (const [name, type] of types) {
    if (type.kind === 'func') exports[memberName(name)] = wrap(name, raw[camelCase(name)] as Exported)
    if (type.kind !== 'instance') continue
    const table: Record<string, unknown> = Object.create(null)
    const source = raw[name] as Record<string, Exported>
    for (const [func, member] of type.exports)
      if (member.kind === 'func' && !func.startsWith('['))
        table[memberName(func)] = wrap(func, source[camelCase(func)] as Exported)
    exports[name] = table
  }
  return {
    exports,
    busy: false,
    fuel: undefined,
    get poisoned() {
      return state.poisoned
    },
  }
}

function guarded<T>(name: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw translate(name, error)
  }
}

function translate(name: string, error: unknown): unknown {
  if (PluginError.is(error)) return error
  if (!(error instanceof Error)) return runtimeErrors.HOST_FUNCTION_FAILED({ name }, error)
  if (Object.hasOwn(error, 'payload')) return new ComponentError((error as { payload?: unknown }).payload)
  if (error instanceof WebAssembly.RuntimeError)
    return runtimeErrors.GUEST_TRAP({ reason: error.message }, error)
  if (error instanceof RangeError && /call stack/.test(error.message))
    return runtimeErrors.STACK_EXHAUSTED({}, error)
  if (error instanceof TypeError)
    return runtimeErrors.TYPE_MISMATCH(
      { path: name, expected: 'the types of the contract', found: error.message },
      error,
    )
  return runtimeErrors.HOST_FUNCTION_FAILED({ name }, error)
}
