import { Reader } from '../binary/reader.js'
import { errors, type PluginError } from '../errors/index.js'
import { plainShapes, prefixedShapes, Shape } from './opcodes.js'

const END = 0x0b

/** Byte lengths of the shapes that have no LEB in them. */
const FIXED: Readonly<Record<number, number>> = {
  [Shape.BYTE]: 1,
  [Shape.BYTES4]: 4,
  [Shape.BYTES8]: 8,
  [Shape.BYTES16]: 16,
}

/**
 * Reads the binary format of core modules, as far as a rewriter has to understand it. What it skips it skips
 * exactly as the engine does; what it does not know it refuses. The engine validates the rewritten module
 * afterwards, so the reader checks encodings and nothing else.
 */
export class CoreReader extends Reader {
  /** @param module index of the module in the component, for messages */
  constructor(
    bytes: Uint8Array,
    readonly module: number,
    offset?: number,
    end?: number,
  ) {
    super(bytes, offset, end)
  }

  skip(length: number): void {
    if (length > this.remaining) throw this.malformed('unexpected end')
    this.offset += length
  }

  /** Passes a name: a vector of bytes, whose UTF-8 the engine checks. */
  skipName(): void {
    this.skip(this.u32())
  }

  skipValueType(): void {
    const code = this.u8()
    if (code === 0x63 || code === 0x64) this.skipHeapType()
    else if (!isValueType(code)) throw this.unsupported(`value type 0x${code.toString(16)}`)
  }

  /** Whether the value type that comes next is a reference to an exception; reads nothing. */
  isException(): boolean {
    const { bytes, offset } = this
    const code = bytes[offset]!
    const heapType = code === 0x63 || code === 0x64 ? bytes[offset + 1] : code
    return heapType === 0x69 || heapType === 0x74
  }

  /** A heap type is an abstract one in one byte, or a type index as a signed LEB of 33 bits. */
  skipHeapType(): void {
    const code = this.bytes[this.offset] ?? 0
    if (isTypeIndex(code)) this.skipLeb(64)
    else if (isAbstractHeapType(this.u8())) return
    else throw this.unsupported(`heap type 0x${code.toString(16)}`)
  }

  skipBlockType(): void {
    const code = this.bytes[this.offset] ?? 0
    if (code === 0x40) this.offset++
    else if (isTypeIndex(code)) this.skipLeb(64)
    else this.skipValueType()
  }

  /** Reads an opcode; a prefixed one as `prefix << 16 | opcode`. Its immediates are next. */
  opcode(): number {
    const first = this.u8()
    if (first < 0xfb || first === 0xff) return first
    const second = this.u32()
    if (second > 0xffff) throw this.unsupported(`the instruction 0x${first.toString(16)} ${second}`)
    return (first << 16) | second
  }

  /** Passes the immediates of an opcode. */
  skipImmediates(opcode: number): void {
    const shape = shapeOf(opcode)
    switch (shape) {
      case Shape.NONE:
        return
      case Shape.INDEX:
        this.u32()
        return
      case Shape.INDEX2:
        this.u32()
        this.u32()
        return
      case Shape.SIGNED:
        this.skipLeb(64)
        return
      case Shape.MEMARG:
        this.skipMemarg()
        return
      case Shape.MEMARG_LANE:
        this.skipMemarg()
        this.skip(1)
        return
      case Shape.BLOCK:
        this.skipBlockType()
        return
      case Shape.HEAP_TYPE:
        this.skipHeapType()
        return
      case Shape.LABELS:
        for (let count = this.u32(); count >= 0; count--) this.u32()
        return
      case Shape.TYPES:
        for (let count = this.u32(); count > 0; count--) this.skipValueType()
        return
      case Shape.TRY_TABLE:
        this.skipTryTable()
        return
      case Shape.CAST_BRANCH:
        this.skip(1)
        this.u32()
        this.skipHeapType()
        this.skipHeapType()
        return
      case Shape.UNKNOWN:
        throw this.unsupported(`the instruction 0x${opcode.toString(16)}`)
      default:
        this.skip(FIXED[shape]!)
    }
  }

  /** The module breaks the binary format. */
  override malformed(reason: string, offset = this.offset): PluginError {
    return errors.INVALID_CORE_MODULE({
      module: this.module,
      reason: `${reason} at byte 0x${offset.toString(16)}`,
    })
  }

  /** The module may be valid, but not in a form that can be rewritten safely. */
  unsupported(feature: string): PluginError {
    return errors.UNSUPPORTED_FEATURE({ feature: `${feature} in core module ${this.module}` })
  }

  /** Passes the type of an import of a kind (0 function, 1 table, 2 memory, 3 global, 4 tag). */
  skipExternType(kind: number): void {
    switch (kind) {
      case 0:
        this.u32()
        return
      case 1:
        this.skipValueType()
        this.skipLimits()
        return
      case 2:
        this.skipLimits()
        return
      case 3:
        this.skipValueType()
        this.skip(1)
        return
      case 4:
        this.tagType()
        return
      default:
        throw this.unsupported(`import kind 0x${kind.toString(16)}`)
    }
  }

  /** The type index of a tag, behind its attribute. */
  tagType(): number {
    this.skip(1)
    return this.u32()
  }

  /** Passes the limits of a memory or table; custom page sizes (flag 8) are refused by the clamp. */
  skipLimits(): void {
    const hasMax = (this.u8() & 1) !== 0
    this.skipLeb(64)
    if (hasMax) this.skipLeb(64)
  }

  /** Whether the limits that come next, of a memory or table, are of 64 bits; reads nothing. */
  limitsAreWide(): boolean {
    return ((this.bytes[this.offset] ?? 0) & 4) !== 0
  }

  /** Whether the table whose type comes next has indices of 64 bits; reads nothing. */
  tableIsWide(): boolean {
    const start = this.offset
    this.skipValueType()
    const wide = this.limitsAreWide()
    this.offset = start
    return wide
  }

  /** Kind of a catch clause: below 2 a tag follows, then always a label. */
  catchKind(): number {
    const kind = this.u8()
    if (kind > 3) throw this.unsupported(`catch clause 0x${kind.toString(16)}`)
    return kind
  }

  /** Passes a constant expression, its `end` included. */
  skipConstantExpression(): void {
    for (;;) {
      const opcode = this.opcode()
      this.skipImmediates(opcode)
      if (opcode === END) return
    }
  }

  private skipMemarg(): void {
    const align = this.u32()
    if (align >= 0x80) throw this.malformed('malformed alignment')
    if ((align & 0x40) !== 0) this.u32()
    this.skipLeb(64)
  }

  private skipTryTable(): void {
    this.skipBlockType()
    for (let count = this.u32(); count > 0; count--) {
      if (this.catchKind() < 2) this.u32()
      this.u32()
    }
  }
}

function shapeOf(opcode: number): number {
  if (opcode < 0x100) return plainShapes[opcode]!
  return prefixedShapes.get(opcode >>> 16)?.[opcode & 0xffff] ?? Shape.UNKNOWN
}

/** i32 … v128, and the reference types that fit one byte. */
function isValueType(code: number): boolean {
  return (code >= 0x7b && code <= 0x7f) || isAbstractHeapType(code)
}

/** exn, array, struct, i31, eq, any, extern, func, none, noextern, nofunc, noexn. */
function isAbstractHeapType(code: number): boolean {
  return code >= 0x69 && code <= 0x74
}

/** As the first byte of a signed LEB: positive in one byte, or continued. */
function isTypeIndex(code: number): boolean {
  return code < 0x40 || code >= 0x80
}
