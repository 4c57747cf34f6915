import { concat, header, name, section, unsigned, vector } from '../binary/encode.js'
import { errors } from '../errors/index.js'
import type { CoreFuncType } from '../types/index.js'
import type { CoreFunc } from './js-value.js'

export interface Switch {
  /** A mutable `i32`, which is 1 where it is on. */
  readonly isOn: WebAssembly.Global
  readonly on: WebAssembly.ImportValue
  readonly off: WebAssembly.ImportValue
}

/**
 * A function of WebAssembly that goes to one of two functions of its type, with no frame of JavaScript in between.
 *
 * @throws {UNSUPPORTED_FEATURE} it has a parameter or a result that is no number
 */
export function makeSwitch(type: CoreFuncType, imports: Switch): CoreFunc {
  const { exports } = new WebAssembly.Instance(moduleFor(type), { s: { ...imports } })
  return exports.f as CoreFunc
}

/** By their types in text: most functions of a plugin have one of some few. */
const modules = new Map<string, WebAssembly.Module>()

function moduleFor(type: CoreFuncType): WebAssembly.Module {
  const key = `${type.params} ${type.results}`
  let module = modules.get(key)
  if (module === undefined) {
    module = new WebAssembly.Module(binaryOf(type) as Uint8Array<ArrayBuffer>)
    modules.set(key, module)
  }
  return module
}

function binaryOf({ params, results }: CoreFuncType): Uint8Array {
  const types = (all: CoreFuncType['params']) => vector(all.map((type) => Uint8Array.of(codeOf(type))))
  const imported = (field: string, kind: readonly number[]) => concat([name('s'), name(field), kind])
  const args = params.flatMap((_, i) => [Op.LOCAL_GET, ...unsigned(i)])
  const body = [
    ...[NO_LOCALS, Op.GLOBAL_GET, 0, Op.IF, NO_RESULT, ...args, Op.CALL, 0, Op.RETURN, Op.END],
    ...[...args, Op.CALL, 1, Op.END],
  ]
  return concat([
    header(1, 0),
    section(Id.TYPE, vector([concat([[0x60], types(params), types(results)])])),
    section(
      Id.IMPORT,
      vector([
        imported('on', [Kind.FUNC, 0]),
        imported('off', [Kind.FUNC, 0]),
        imported('isOn', [Kind.GLOBAL, TYPES.i32, MUTABLE]),
      ]),
    ),
    section(Id.FUNCTION, vector([Uint8Array.of(0)])),
    section(Id.EXPORT, vector([concat([name('f'), [Kind.FUNC, 2]])])),
    section(Id.CODE, vector([concat([unsigned(body.length), body])])),
  ])
}

function codeOf(type: unknown): number {
  const code = TYPES[type as keyof typeof TYPES]
  if (typeof code === 'number') return code
  throw errors.UNSUPPORTED_FEATURE({
    feature: 'a reference that is passed to a core module of the host that may wait',
  })
}

const TYPES = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c } as const
const Id = { TYPE: 1, IMPORT: 2, FUNCTION: 3, EXPORT: 7, CODE: 10 } as const
const Kind = { FUNC: 0, GLOBAL: 3 } as const
const Op = { IF: 0x04, END: 0x0b, RETURN: 0x0f, CALL: 0x10, LOCAL_GET: 0x20, GLOBAL_GET: 0x23 } as const
const MUTABLE = 1
const NO_LOCALS = 0
const NO_RESULT = 0x40
