import { errors } from '../errors/index.js'
import type { CoreFuncType, CoreValueType } from '../types/index.js'
import { DecodeContext, quote } from './context.js'
import { sameCoreFunc } from './core-match.js'
import { decodeCoreModule } from './core-module.js'
import type { ModuleDefinition } from './definition.js'
import { concat, header, name, section, unsigned, vector } from './encode.js'
import { isLabel } from './names.js'
import type { CompileLimits } from './options.js'
import { PREVIEW1, type Preview1Types } from './preview1-functions.js'
import { preview1 } from './preview1-names.js'
import { Reader } from './reader.js'

/** The interface of a command, of the oldest version: any newer host answers for it. */
const RUN = 'wasi:cli/run@0.2.0'

/**
 * The component that a core module of preview 1 is adapted to, which the module is a part of as it is; null for everything
 * else. A command (`_start`) exports `wasi:cli/run`; of a reactor each function of numbers is one of the world, by its
 * name in kebab case. The functions of preview 1 are imported as a core module, which a host gives by a function: they have
 * no types of components, and no memory but that of the module.
 *
 * @throws {CORE_MODULE} it would be one, but for a function to begin with
 */
export function adaptPreview1(bytes: Uint8Array, limits: CompileLimits): Uint8Array | null {
  const module = readModule(bytes, limits)
  if (module === null || module.imports.some(({ module: from }) => from !== preview1.module)) return null
  checkImports(module)
  if (isFunction(module, '_start', '', '')) return component(module, COMMAND, commandParts)
  const functions = module.imports.length === 0 ? [] : worldFunctions(module)
  if (functions.length === 0) throw errors.CORE_MODULE({ lacks: 'start' })
  const start = isFunction(module, '_initialize', '', '') ? INITIALIZE : null
  return component(module, start, (guest) => reactorParts(guest, functions))
}

function readModule(bytes: Uint8Array, limits: CompileLimits): ModuleDefinition | null {
  if (bytes[4] !== 1 || bytes[6] !== 0) return null
  try {
    return decodeCoreModule(new Reader(bytes), new DecodeContext(limits, true))
  } catch {
    // It is told as what it is, and not as what is wrong with it.
    return null
  }
}

/** @throws {UNSUPPORTED_FEATURE} what preview 1 does not have, told by the names of the module and not of its component */
function checkImports({ imports, exports }: ModuleDefinition): void {
  for (const { name: func, type } of imports) {
    const known = Object.hasOwn(PREVIEW1, func) ? PREVIEW1[func] : undefined
    const isKnown =
      type.kind === 'func' && known !== undefined && sameCoreFunc({ kind: 'func', ...known }, type)
    if (!isKnown) throw unsupported(`an import ${quote(func)} that preview 1 does not have in this form`)
  }
  const memory = exports.get('memory')
  if (memory?.kind === 'memory' && memory.shared)
    throw unsupported('shared memory in a module of WASI preview 1')
  if (memory?.kind === 'memory' && memory.memory64)
    throw unsupported('memory of 64-bit addresses in a module of WASI preview 1')
}

function unsupported(feature: string) {
  return errors.UNSUPPORTED_FEATURE({ feature })
}

function isFunction(
  { exports }: ModuleDefinition,
  func: string,
  ...[params, results]: [string, string]
): boolean {
  const type = exports.get(func)
  return type?.kind === 'func' && type.params.join() === params && type.results.join() === results
}

// Indices of core modules and core instances, in the order in which they are written below.
const FUNCTIONS_MODULE = 0
const MEMORY_MODULE = 1
const GUEST_MODULE = 2
const OWN_MODULE = 3
const FUNCTIONS = 0
const GUEST = 1

/** What each kind of module becomes; `own` is the core instance of its module of ours, if there is one. */
type Parts = (own: number) => readonly Uint8Array[]

function component(module: ModuleDefinition, own: Uint8Array | null, parts: Parts): Uint8Array {
  const hasMemory = module.exports.get('memory')?.kind === 'memory'
  const instances = [
    instance(FUNCTIONS_MODULE),
    instance(GUEST_MODULE, { [preview1.module]: FUNCTIONS }),
    ...(hasMemory ? [instance(MEMORY_MODULE, { guest: GUEST })] : []),
    ...(own === null ? [] : [instance(OWN_MODULE, { guest: GUEST })]),
  ]
  return concat([
    header(0x0d, 1),
    section(3, vector([functionsType(usedBy(module)), MEMORY_TYPE])),
    section(
      10,
      vector([imported(preview1.functions, FUNCTIONS_MODULE), imported(preview1.memory, MEMORY_MODULE)]),
    ),
    section(1, module.bytes),
    ...(own === null ? [] : [section(1, own)]),
    section(2, vector(instances)),
    ...parts(instances.length - 1),
  ])
}

/** What the module imports, each once: an instance of it is given no more. */
function usedBy({ imports }: ModuleDefinition): Preview1Types {
  const names = new Set(imports.map(({ name: func }) => func))
  return Object.fromEntries(Object.entries(PREVIEW1).filter(([func]) => names.has(func)))
}

/** The type of a core module that exports functions. */
function functionsType(functions: Preview1Types): Uint8Array {
  const declarations = Object.entries(functions).flatMap(([func, { params, results }], i) => [
    concat([[0x01, 0x60], vector(params.map(coreType)), vector(results.map(coreType))]),
    concat([[0x03], name(func), [0x00], unsigned(i)]),
  ])
  return concat([[0x50], vector(declarations)])
}

/** Of one that imports any memory. */
const MEMORY_TYPE = concat([[0x50], vector([concat([[0x00], name('guest'), name('memory'), [0x02, 0, 0]])])])

function imported(as: string, type: number): Uint8Array {
  return concat([[0x00], name(as), [0x00, 0x11], unsigned(type)])
}

function instance(module: number, args: Readonly<Record<string, number>> = {}): Uint8Array {
  const given = Object.entries(args).map(([as, index]) => concat([name(as), [0x12], unsigned(index)]))
  return concat([[0x00], unsigned(module), vector(given)])
}

/** `(import "guest" "…" (func))`, with the type section that it takes. */
const importsFrom = (func: string, ...types: number[][]) => [
  section(1, vector([[0x60, 0, 0], ...types].map((type) => Uint8Array.from(type)))),
  section(2, vector([concat([name('guest'), name(func), [0x00, 0x00]])])),
]

/** Runs `_start` where `wasi:cli/run` has a result: what ends without a status ends well. */
const COMMAND = concat([
  header(1, 0),
  ...importsFrom('_start', [0x60, 0, 1, 0x7f]),
  section(3, Uint8Array.of(1, 1)),
  section(7, vector([concat([name('run'), [0x00, 0x01]])])),
  section(10, Uint8Array.of(1, 6, 0, 0x10, 0x00, 0x41, 0x00, 0x0b)),
])

/** Runs `_initialize` when it is instantiated. */
const INITIALIZE = concat([header(1, 0), ...importsFrom('_initialize'), section(8, Uint8Array.of(0))])

/** `(export "wasi:cli/run" (instance (export "run" (func (result (result))))))` */
function commandParts(own: number): Uint8Array[] {
  return [
    section(6, vector([coreFunction(own, 'run')])),
    section(7, vector([Uint8Array.of(0x6a, 0, 0), Uint8Array.of(0x40, 0, 0, 0)])),
    section(8, vector([lift(0, 1)])),
    section(5, vector([concat([[0x01], vector([concat([[0x00], name('run'), [0x01, 0]])])])])),
    section(11, vector([concat([[0x00], name(RUN), [0x05, 0, 0]])])),
  ]
}

interface WorldFunction {
  readonly core: string
  readonly as: string
  readonly type: CoreFuncType
}

/** Names that toolchains give to what is not for others. */
const OWN_NAME = /^(_|cabi_|canonical_abi|asyncify_)/

function worldFunctions({ exports }: ModuleDefinition): WorldFunction[] {
  const functions = new Map<string, WorldFunction>()
  for (const [core, type] of exports) {
    if (type.kind !== 'func' || OWN_NAME.test(core)) continue
    const as = core.replaceAll('_', '-')
    const isOfNumbers = [...type.params, ...type.results].every((one) => VALUE_TYPES.has(one))
    const key = as.toLowerCase()
    if (isOfNumbers && type.results.length <= 1 && isLabel(as) && !functions.has(key))
      functions.set(key, { core, as, type })
  }
  return [...functions.values()]
}

function reactorParts(_own: number, functions: readonly WorldFunction[]): Uint8Array[] {
  return [
    section(6, vector(functions.map(({ core }) => coreFunction(GUEST, core)))),
    section(7, vector(functions.map(({ type }) => functionType(type)))),
    section(8, vector(functions.map((_, i) => lift(i, i)))),
    section(
      11,
      vector(functions.map(({ as }, i) => concat([[0x00], name(as), [0x01], unsigned(i), [0x00]]))),
    ),
  ]
}

function functionType({ params, results }: CoreFuncType): Uint8Array {
  const named = params.map((type, i) => concat([name(`p${i}`), [VALUE_TYPES.get(type)!]]))
  const [result] = results
  return concat([
    [0x40],
    vector(named),
    result === undefined ? [0x01, 0x00] : [0x00, VALUE_TYPES.get(result)!],
  ])
}

function coreFunction(from: number, func: string): Uint8Array {
  return concat([[0x00, 0x00, 0x01], unsigned(from), name(func)])
}

function lift(coreFunc: number, type: number): Uint8Array {
  return concat([[0x00, 0x00], unsigned(coreFunc), [0x00], unsigned(type)])
}

/** A number of a core module as one of a world: `s32`, `s64`, `f32`, `f64`. */
const VALUE_TYPES: ReadonlyMap<CoreValueType, number> = new Map([
  ['i32', 0x7a],
  ['i64', 0x78],
  ['f32', 0x76],
  ['f64', 0x75],
])

function coreType(type: CoreValueType): Uint8Array {
  return Uint8Array.of(type === 'i64' ? 0x7e : 0x7f)
}
