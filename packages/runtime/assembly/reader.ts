/** What is wrong with the code; `faults.ts` has the words. */
export const enum Fault {
  NONE,
  END,
  LEB,
  ALIGNMENT,
  LABEL,
  VALUE_TYPE,
  HEAP_TYPE,
  INSTRUCTION,
  CATCH,
  LOCALS,
  BLOCKS,
  CATCHES,
  TARGETS,
  COST,
}

export let fault: i32 = Fault.NONE
export let detail: f64 = 0

/** Where the next byte is read, and where none is read any more. */
export let at: usize = 0
export let end: usize = 0

export function moveTo(address: usize): void {
  at = address
}

export function endAt(address: usize): void {
  end = address
}

/** Ends the step; nothing of it can go on. */
export function fail(reason: Fault, value: i64 = 0): void {
  fault = reason
  detail = <f64>value
  unreachable()
}

export function byte(): i32 {
  if (at >= end) fail(Fault.END)
  return load<u8>(at++)
}

export function skip(length: usize): void {
  if (length > end - at) fail(Fault.END)
  at += length
}

/** An unsigned LEB128 of at most 32 bits. */
export function unsigned(): i64 {
  let result: i64 = 0
  for (let shift = 0; shift < 35; shift += 7) {
    const next = byte()
    if (shift == 28 && next > 0x0f) break
    result |= (<i64>(next & 0x7f)) << shift
    if (next < 0x80) return result
  }
  fail(Fault.LEB, 32)
  return 0
}

/** A signed LEB128 of at most 33 bits: a type index, or a negative type code. */
export function signed33(): i64 {
  let result: i64 = 0
  for (let shift = 0; shift < 35; shift += 7) {
    const next = byte()
    if (shift == 28 && (next >= 0x80 || (next > 0x0f && next < 0x70))) break
    result |= (<i64>(next & 0x7f)) << shift
    if (next < 0x80) return (next & 0x40) != 0 ? result - ((<i64>1) << (shift + 7)) : result
  }
  fail(Fault.LEB, 33)
  return 0
}

/** Passes the LEB128 of a constant. */
export function skipLeb64(): void {
  for (let size = 0; size < 10; size++) if (byte() < 0x80) return
  fail(Fault.LEB, 64)
}

export function skipMemoryArgument(): void {
  const align = unsigned()
  if (align >= 0x80) fail(Fault.ALIGNMENT)
  if ((align & 0x40) != 0) unsigned()
  skipLeb64()
}

export function skipValueType(): void {
  const code = byte()
  if (code == 0x63 || code == 0x64) skipHeapType()
  else if (!isValueType(code)) fail(Fault.VALUE_TYPE, code)
}

/** A heap type is an abstract one in one byte, or a type index as a signed LEB. */
export function skipHeapType(): void {
  const code = byte()
  if (code < 0x40 || code >= 0x80) {
    at--
    skipLeb64()
  } else if (!isAbstractHeapType(code)) fail(Fault.HEAP_TYPE, code)
}

function isValueType(code: i32): bool {
  return (code >= 0x7b && code <= 0x7f) || isAbstractHeapType(code)
}

function isAbstractHeapType(code: i32): bool {
  return code >= 0x69 && code <= 0x74
}
