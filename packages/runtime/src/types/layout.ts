import type { Case, ValueType } from './value-type.js'

/** How a value lies in linear memory, in bytes (CanonicalABI.md, "Alignment" and "Element Size"). */
export interface Layout {
  readonly size: number
  /** 1, 2, 4 or 8. */
  readonly align: number
}

/** Bytes of a pointer, and so of a length. */
export type PointerSize = 4 | 8

/**
 * Size and alignment of `type` in a memory with pointers of `pointer` bytes. A fixed-length list can be larger than any
 * memory: the size is then a large number, maybe `Infinity`, and never wraps.
 */
export function layoutOf(type: ValueType, pointer: PointerSize = 4): Layout {
  const memo = pointer === 4 ? memo32 : memo64
  let layout = memo.get(type)
  if (layout === undefined) {
    layout = computeLayout(type, pointer)
    memo.set(type, layout)
  }
  return layout
}

export function sizeOf(type: ValueType): number {
  return layoutOf(type).size
}

export function alignOf(type: ValueType): number {
  return layoutOf(type).align
}

/** `offset` moved up to the next multiple of `align`. */
export function alignTo(offset: number, align: number): number {
  return Math.ceil(offset / align) * align
}

/** Byte offsets of the fields of a record or tuple whose fields have these types, in order. */
export function fieldOffsets(types: readonly ValueType[]): number[] {
  let end = 0
  return types.map((type) => {
    const offset = alignTo(end, alignOf(type))
    end = offset + sizeOf(type)
    return offset
  })
}

/** Bytes of the discriminant of a variant with `cases` cases: 1, 2 or 4. */
export function discriminantSize(cases: number): 1 | 2 | 4 {
  return cases <= 1 << 8 ? 1 : cases <= 1 << 16 ? 2 : 4
}

/** Byte offset of the payload of a variant: behind the discriminant, aligned for the widest case. */
export function payloadOffset(cases: readonly Pick<Case, 'type'>[]): number {
  return alignTo(
    discriminantSize(cases.length),
    maxAlign(cases.map((c) => (c.type === null ? empty : layoutOf(c.type)))),
  )
}

/** A variant, option or result as the list of cases it stands for (CanonicalABI.md, "Despecialization"). */
export function casesOf(
  type: Extract<ValueType, { kind: 'variant' | 'option' | 'result' }>,
): readonly Case[] {
  switch (type.kind) {
    case 'variant':
      return type.cases
    case 'option':
      return [
        { name: 'none', type: null },
        { name: 'some', type: type.element },
      ]
    case 'result':
      return [
        { name: 'ok', type: type.ok },
        { name: 'error', type: type.err },
      ]
  }
}

const memo32 = new WeakMap<ValueType, Layout>()
const memo64 = new WeakMap<ValueType, Layout>()

function computeLayout(type: ValueType, pointer: PointerSize): Layout {
  switch (type.kind) {
    case 'bool':
    case 's8':
    case 'u8':
      return scalar(1)
    case 's16':
    case 'u16':
      return scalar(2)
    case 's32':
    case 'u32':
    case 'f32':
    case 'char':
    case 'own':
    case 'borrow':
    case 'stream':
    case 'future':
    case 'error-context':
      return scalar(4)
    case 's64':
    case 'u64':
    case 'f64':
      return scalar(8)
    case 'string':
    case 'map':
      return { size: 2 * pointer, align: pointer }
    case 'list':
      return type.length === undefined
        ? { size: 2 * pointer, align: pointer }
        : repeat(layoutOf(type.element, pointer), type.length)
    case 'record':
      return sequence(type.fields.map((field) => layoutOf(field.type, pointer)))
    case 'tuple':
      return sequence(type.items.map((item) => layoutOf(item, pointer)))
    case 'variant':
    case 'option':
    case 'result':
      return tagged(casesOf(type).map((c) => (c.type === null ? empty : layoutOf(c.type, pointer))))
    case 'enum':
      return scalar(discriminantSize(type.labels.length))
    case 'flags':
      return scalar(type.labels.length <= 8 ? 1 : type.labels.length <= 16 ? 2 : 4)
  }
}

const empty: Layout = { size: 0, align: 1 }

function scalar(size: number): Layout {
  return { size, align: size }
}

function repeat(element: Layout, length: number): Layout {
  return { size: element.size * length, align: element.align }
}

function sequence(parts: readonly Layout[]): Layout {
  let end = 0
  for (const part of parts) end = alignTo(end, part.align) + part.size
  const align = maxAlign(parts)
  return { size: alignTo(end, align), align }
}

function tagged(payloads: readonly Layout[]): Layout {
  const tag = discriminantSize(payloads.length)
  const align = Math.max(tag, maxAlign(payloads))
  let size = 0
  for (const payload of payloads) size = Math.max(size, payload.size)
  return { size: alignTo(alignTo(tag, maxAlign(payloads)) + size, align), align }
}

function maxAlign(parts: readonly Layout[]): number {
  let align = 1
  for (const part of parts) align = Math.max(align, part.align)
  return align
}
