import type { ModuleDefinition } from '@wasm-plugin/runtime/internal'
import { BinaryReader } from '@wasm-plugin/runtime/internal'
import { type CoreExport, readExports, writeExports } from '../../wasm/exports.js'
import { concatBytes, leb, readSections, writeSections } from '../../wasm/sections.js'
import { signedLeb } from '../../wasm/signed-leb.js'

/**
 * QuickJS's components pass integers of 64 bits as numbers, and a number holds no more than 53 bits. This puts other
 * functions in the place of the four that pass them, next to those, in the module that exports them: what is beyond
 * goes to the plugin as a text of 16 hexadecimal digits, and all that it gives is such a text of up to 16.
 * `guest/values.js` makes and reads them.
 */
export function passWideIntegers(module: Uint8Array, imports: ModuleDefinition['imports']): Uint8Array {
  const sections = readSections(module)
  const bodyOf = (id: number) => sections.find((section) => section.id === id)?.body ?? Uint8Array.of(0)
  const exports = readExports(bodyOf(Id.EXPORT))
  const indexOf = (name: string) => exports.find((entry) => entry.name === name)?.index
  const [pushString, popString, realloc] = [PUSH_STRING, POP_STRING, REALLOC].map(indexOf)
  const stack = imports.filter(({ type }) => type.kind === 'global').findIndex(({ name }) => name === STACK)
  if (pushString === undefined || popString === undefined || realloc === undefined || stack < 0) return module
  const before = imports.filter(({ type }) => type.kind === 'func').length
  const types = readTypes(bodyOf(Id.FUNCTION))
  const replaced = exports.flatMap(({ name, index }): Replacement[] => {
    const push = PUSHES.get(name)
    if (push !== undefined)
      return [{ name, of: index, code: pushCode({ ...push, index, pushString, realloc }) }]
    return POPS.has(name) ? [{ name, of: index, code: popCode({ popString, stack }) }] : []
  })
  const changed = new Map<number, Uint8Array>([
    [
      Id.FUNCTION,
      grown(
        bodyOf(Id.FUNCTION),
        replaced.map(({ of }) => Uint8Array.from(leb(types[of - before]!))),
      ),
    ],
    [
      Id.CODE,
      grown(
        bodyOf(Id.CODE),
        replaced.map(({ code }) => code),
      ),
    ],
    [Id.EXPORT, writeExports(exports.map((entry) => moved(entry, replaced, before + types.length)))],
  ])
  return writeSections(
    module,
    sections.map(({ id, body }) => ({ id, body: changed.get(id) ?? body })),
  )
}

interface Replacement {
  readonly name: string
  readonly of: number
  readonly code: Uint8Array
}

const Id = { FUNCTION: 3, EXPORT: 7, CODE: 10 } as const
const PUSH_STRING = 'wit_dylib_push_string'
const POP_STRING = 'wit_dylib_pop_string'
const REALLOC = 'cabi_realloc'
const STACK = '__stack_pointer'

/** A number stays one when it is at most `last` after `shift` is added, both taken as unsigned. */
const SAFE = 2n ** 53n - 1n
const PUSHES = new Map([
  ['wit_dylib_push_u64', { shift: 0n, last: SAFE }],
  ['wit_dylib_push_s64', { shift: SAFE, last: 2n * SAFE }],
])
const POPS = new Set(['wit_dylib_pop_u64', 'wit_dylib_pop_s64'])

function readTypes(body: Uint8Array): number[] {
  const reader = new BinaryReader(body)
  return Array.from({ length: reader.u32() }, () => reader.u32())
}

/** A section that is a list, with more at its end. */
function grown(body: Uint8Array, more: readonly Uint8Array[]): Uint8Array {
  const reader = new BinaryReader(body)
  const count = reader.u32()
  return concatBytes([Uint8Array.from(leb(count + more.length)), body.subarray(reader.offset), ...more])
}

function moved(entry: CoreExport, replaced: readonly Replacement[], first: number): CoreExport {
  const at = replaced.findIndex(({ name }) => name === entry.name)
  return at < 0 ? entry : { ...entry, index: first + at }
}

const Op = {
  ...{ BLOCK: 0x02, LOOP: 0x03, IF: 0x04, BR: 0x0c, BR_IF: 0x0d, RETURN: 0x0f, CALL: 0x10, END: 0x0b },
  ...{ GET: 0x20, SET: 0x21, TEE: 0x22, GLOBAL_GET: 0x23, GLOBAL_SET: 0x24 },
  ...{ I32_LOAD: 0x28, I32_LOAD8_U: 0x2d, I32_STORE8: 0x3a, I32_CONST: 0x41, I64_CONST: 0x42 },
  ...{ I32_LT_U: 0x49, I32_GT_U: 0x4b, I32_GE_U: 0x4f, I64_LE_U: 0x58 },
  ...{ I32_ADD: 0x6a, I32_SUB: 0x6b, I32_MUL: 0x6c, I32_AND: 0x71, I32_SHR_U: 0x76 },
  ...{ I64_ADD: 0x7c, I64_SUB: 0x7d, I64_AND: 0x83, I64_OR: 0x84, I64_SHL: 0x86, I64_SHR_U: 0x88 },
  ...{ I32_WRAP: 0xa7, I64_EXTEND_U: 0xad, NOTHING: 0x40 },
} as const
const [I32, I64] = [0x7f, 0x7e]

const i32 = (value: number) => [Op.I32_CONST, ...signedLeb(BigInt(value))]
const i64 = (value: bigint) => [Op.I64_CONST, ...signedLeb(value)]
const get = (local: number) => [Op.GET, local]
const set = (local: number) => [Op.SET, local]
const call = (index: number) => [Op.CALL, ...leb(index)]

interface Push {
  readonly shift: bigint
  readonly last: bigint
  /** Of the function for numbers. */
  readonly index: number
  readonly pushString: number
  readonly realloc: number
}

/** `(context, value)`: as before when a number can hold the value, otherwise as a text. */
function pushCode({ shift, last, index, pushString, realloc }: Push): Uint8Array {
  const [context, value, text, at, digit] = [0, 1, 2, 3, 4]
  return body(
    [[3, I32]],
    [
      ...[...get(value), ...i64(shift), Op.I64_ADD, ...i64(last), Op.I64_LE_U],
      ...[Op.IF, Op.NOTHING, ...get(context), ...get(value), ...call(index), Op.RETURN, Op.END],
      ...[...i32(0), ...i32(0), ...i32(1), ...i32(DIGITS), ...call(realloc), ...set(text)],
      ...[Op.LOOP, Op.NOTHING],
      // digit = value >> (60 - 4 * at) & 15
      ...[...get(value), ...i64(60n), ...get(at), ...i32(4), Op.I32_MUL, Op.I64_EXTEND_U, Op.I64_SUB],
      ...[Op.I64_SHR_U, ...i64(15n), Op.I64_AND, Op.I32_WRAP, ...set(digit)],
      // text[at] = digit + '0' + (digit > 9) * ('a' - '0' - 10)
      ...[...get(text), ...get(at), Op.I32_ADD, ...get(digit), ...i32(0x30), Op.I32_ADD],
      ...[...get(digit), ...i32(9), Op.I32_GT_U, ...i32(0x27), Op.I32_MUL, Op.I32_ADD, Op.I32_STORE8, 0, 0],
      ...[...get(at), ...i32(1), Op.I32_ADD, Op.TEE, at, ...i32(DIGITS), Op.I32_LT_U, Op.BR_IF, 0, Op.END],
      ...[...get(context), ...get(text), ...i32(DIGITS), ...call(pushString)],
    ],
  )
}

const DIGITS = 16

/** `(context) -> value`: reads a text of hexadecimal digits. Four bytes of the stack hold its place. */
function popCode({ popString, stack }: { popString: number; stack: number }): Uint8Array {
  const [context, frame, at, end, digit, value] = [0, 1, 2, 3, 4, 5]
  const global = leb(stack)
  return body(
    [
      [4, I32],
      [1, I64],
    ],
    [
      ...[Op.GLOBAL_GET, ...global, ...i32(16), Op.I32_SUB, Op.TEE, frame, Op.GLOBAL_SET, ...global],
      ...[...get(context), ...get(frame), ...call(popString)],
      ...[...get(frame), Op.I32_LOAD, 2, 0, Op.TEE, at, Op.I32_ADD, ...set(end)],
      ...[Op.BLOCK, Op.NOTHING, Op.LOOP, Op.NOTHING, ...get(at), ...get(end), Op.I32_GE_U, Op.BR_IF, 1],
      ...[...get(at), Op.I32_LOAD8_U, 0, 0, ...set(digit)],
      // value = value << 4 | (digit & 15) + (digit >> 6) * 9
      ...[...get(value), ...i64(4n), Op.I64_SHL, ...get(digit), ...i32(15), Op.I32_AND],
      ...[...get(digit), ...i32(6), Op.I32_SHR_U, ...i32(9), Op.I32_MUL, Op.I32_ADD, Op.I64_EXTEND_U],
      ...[Op.I64_OR, ...set(value), ...get(at), ...i32(1), Op.I32_ADD, ...set(at), Op.BR, 0, Op.END, Op.END],
      ...[...get(frame), ...i32(16), Op.I32_ADD, Op.GLOBAL_SET, ...global, ...get(value)],
    ],
  )
}

/** An entry of the code section; locals are counted by type, after the parameters. */
function body(
  locals: readonly (readonly [count: number, type: number])[],
  code: readonly number[],
): Uint8Array {
  const bytes = [...leb(locals.length), ...locals.flat(), ...code, Op.END]
  return Uint8Array.of(...leb(bytes.length), ...bytes)
}
