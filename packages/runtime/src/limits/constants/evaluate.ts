import type { CoreReader } from '../core-reader.js'

/** A value of an immutable global. */
export interface Constant {
  readonly type: 'i32' | 'i64'
  readonly value: bigint
}

/** What a constant expression is; it has been passed, its `end` included. */
export interface Expression {
  /** Whether it computes, which not every engine does. */
  readonly computes: boolean
  /** Null for what is no number that is known. */
  readonly value: Constant | null
}

/** @param globals the values of the globals so far, by index */
export function evaluate(reader: CoreReader, globals: readonly (Constant | null)[]): Expression {
  const stack: (Constant | null)[] = []
  let computes = false
  for (;;) {
    const opcode = reader.opcode()
    if (opcode === END) return { computes, value: stack.length === 1 ? (stack[0] ?? null) : null }
    const operation = OPERATIONS.get(opcode)
    if (opcode === I32_CONST) stack.push({ type: 'i32', value: signedLeb(reader) })
    else if (opcode === I64_CONST) stack.push({ type: 'i64', value: signedLeb(reader) })
    else if (opcode === GLOBAL_GET) stack.push(globals[reader.u32()] ?? null)
    else if (operation === undefined) {
      reader.skipImmediates(opcode)
      stack.push(null)
    } else {
      const [right, left] = [stack.pop() ?? null, stack.pop() ?? null]
      stack.push(compute(operation, left, right))
      computes = true
    }
  }
}

interface Operation {
  readonly type: Constant['type']
  run(left: bigint, right: bigint): bigint
}

/** Operands of another type are for the engine to refuse. */
function compute({ type, run }: Operation, left: Constant | null, right: Constant | null): Constant | null {
  if (left?.type !== type || right?.type !== type) return null
  return { type, value: BigInt.asIntN(type === 'i32' ? 32 : 64, run(left.value, right.value)) }
}

const END = 0x0b
const GLOBAL_GET = 0x23
export const I32_CONST = 0x41
export const I64_CONST = 0x42

const add = (left: bigint, right: bigint) => left + right
const sub = (left: bigint, right: bigint) => left - right
const mul = (left: bigint, right: bigint) => left * right

const OPERATIONS: ReadonlyMap<number, Operation> = new Map([
  [0x6a, { type: 'i32', run: add }],
  [0x6b, { type: 'i32', run: sub }],
  [0x6c, { type: 'i32', run: mul }],
  [0x7c, { type: 'i64', run: add }],
  [0x7d, { type: 'i64', run: sub }],
  [0x7e, { type: 'i64', run: mul }],
] as const)

function signedLeb(reader: CoreReader): bigint {
  let value = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.u8()
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return BigInt.asIntN(Number(shift) + 7, value)
  }
  throw reader.malformed('LEB128 does not fit 64 bits')
}
