import type { CoreExternType, CoreImport } from '../types/index.js'
import { type DecodeContext, quote } from './context.js'
import { CoreImportNames } from './core-names.js'
import {
  type CoreTypeSpace,
  decodeCoreExternType,
  decodeGlobalType,
  decodeHeapType,
  decodeMemoryType,
  decodeRecType,
  decodeTableType,
  decodeTagType,
  funcTypeAt,
} from './core-types.js'
import type { ModuleDefinition } from './definition.js'
import { hex, type Reader } from './reader.js'

/**
 * Reads what a core module imports and exports, with types. The engine validates the module when it compiles it, so
 * only the sections that say something about the interface are read.
 */
export function decodeCoreModule(reader: Reader, context: DecodeContext): ModuleDefinition {
  const offset = reader.offset
  const bytes = reader.take(reader.remaining)
  reader.offset = offset
  if (bytes.length < 8 || [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0].some((byte, i) => bytes[i] !== byte)) {
    throw reader.malformed('a core module does not start with the header of one')
  }
  reader.take(8)
  const module: ModuleReader = {
    context,
    types: [],
    extensible: new Set(),
    spaces: { func: [], table: [], memory: [], global: [], tag: [] },
    imports: [],
    exports: new Map(),
  }
  while (!reader.done) {
    const id = reader.u8()
    const section = reader.range(reader.u32())
    SECTIONS.get(id)?.(section, module)
  }
  return { bytes, offset, imports: module.imports, exports: module.exports }
}

interface ModuleReader extends CoreTypeSpace {
  readonly spaces: { readonly [K in CoreExternType['kind']]: CoreExternType[] }
  readonly imports: CoreImport[]
  readonly exports: Map<string, CoreExternType>
}

const SECTIONS: ReadonlyMap<number, (section: Reader, module: ModuleReader) => void> = new Map([
  [1, typeSection],
  [2, importSection],
  [3, functionSection],
  [4, tableSection],
  [5, memorySection],
  [6, globalSection],
  [7, exportSection],
  [13, tagSection],
])

/** What every engine refuses (JS API, "Implementation-defined Limits"). */
const MAX_FUNCTIONS = 1_000_000

function typeSection(section: Reader, module: ModuleReader): void {
  for (let count = module.context.count(section); count > 0; count--) decodeRecType(section, module)
  section.finish('the type section')
}

function importSection(section: Reader, module: ModuleReader): void {
  const { context, imports, spaces } = module
  const names = new CoreImportNames()
  for (let count = context.count(section); count > 0; count--) {
    const from = section.name(context.limits.nameBytes)
    const name = section.name(context.limits.nameBytes)
    const type = decodeCoreExternType(section, module)
    if (!context.importsTwice) names.add(context, from, name)
    imports.push({ module: from, name, type })
    spaces[type.kind].push(type)
  }
  section.finish('the import section')
}

function functionSection(section: Reader, module: ModuleReader): void {
  const count = section.count()
  if (count > MAX_FUNCTIONS) throw module.context.invalid(`a core module has ${count} functions`)
  for (let i = 0; i < count; i++) module.spaces.func.push(funcTypeAt(section, module))
  section.finish('the function section')
}

function tableSection(section: Reader, module: ModuleReader): void {
  for (let count = module.context.count(section); count > 0; count--) {
    const initialised = section.peek() === 0x40
    if (initialised) {
      section.u8()
      section.expect(0x00, 'a table with an initial value')
    }
    module.spaces.table.push(decodeTableType(section, module))
    if (initialised) skipConstant(section, module)
  }
  section.finish('the table section')
}

function memorySection(section: Reader, { context, spaces }: ModuleReader): void {
  for (let count = context.count(section); count > 0; count--)
    spaces.memory.push(decodeMemoryType(section, context))
  section.finish('the memory section')
}

function globalSection(section: Reader, module: ModuleReader): void {
  for (let count = module.context.count(section); count > 0; count--) {
    module.spaces.global.push(decodeGlobalType(section, module))
    skipConstant(section, module)
  }
  section.finish('the global section')
}

function tagSection(section: Reader, module: ModuleReader): void {
  for (let count = module.context.count(section); count > 0; count--)
    module.spaces.tag.push(decodeTagType(section, module))
  section.finish('the tag section')
}

function exportSection(section: Reader, { context, spaces, exports }: ModuleReader): void {
  for (let count = context.count(section); count > 0; count--) {
    context.offset = section.offset
    const name = section.name(context.limits.nameBytes)
    const code = section.u8()
    const kind = EXPORT_KINDS[code]
    if (kind === undefined)
      throw section.malformed(`${hex(code)} is not a kind of export`, section.offset - 1)
    const index = section.u32()
    const type = spaces[kind][index]
    if (type === undefined)
      throw context.invalid(`core export ${quote(name)}: ${kind} ${index} is out of bounds`)
    if (exports.has(name)) throw context.invalid(`core export ${quote(name)} is defined twice`)
    exports.set(name, type)
  }
  section.finish('the export section')
}

const EXPORT_KINDS = ['func', 'table', 'memory', 'global', 'tag'] as const

/** Reads past a constant expression (core specification, "Constant Expressions"). */
function skipConstant(section: Reader, space: CoreTypeSpace): void {
  for (;;) {
    space.context.offset = section.offset
    const opcode = section.u8()
    if (opcode === 0x0b) return
    skipConstantImmediates(opcode, section, space)
  }
}

function skipConstantImmediates(opcode: number, section: Reader, space: CoreTypeSpace): void {
  switch (opcode) {
    case 0x23: // global.get
    case 0xd2: // ref.func
      section.u32()
      return
    case 0x41: // i32.const
      section.skipLeb(32)
      return
    case 0x42: // i64.const
      section.skipLeb(64)
      return
    case 0x43: // f32.const
      section.take(4)
      return
    case 0x44: // f64.const
      section.take(8)
      return
    case 0xd0: // ref.null
      decodeHeapType(section, space)
      return
    case 0x6a: // i32 and i64 add, sub, mul
    case 0x6b:
    case 0x6c:
    case 0x7c:
    case 0x7d:
    case 0x7e:
      return
    case 0xfd:
      if (section.u32() !== 0x0c) break // v128.const
      section.take(16)
      return
    case 0xfb:
      skipGcConstant(section, space.context)
      return
  }
  throw space.context.unsupported(`the constant instruction ${hex(opcode)}`)
}

function skipGcConstant(section: Reader, context: DecodeContext): void {
  const opcode = section.u32()
  switch (opcode) {
    case 0x00: // struct.new, struct.new_default, array.new, array.new_default
    case 0x01:
    case 0x06:
    case 0x07:
      section.u32()
      return
    case 0x08: // array.new_fixed
      section.u32()
      section.u32()
      return
    case 0x1a: // any.convert_extern, extern.convert_any, ref.i31
    case 0x1b:
    case 0x1c:
      return
  }
  throw context.unsupported(`the constant instruction 0xfb ${hex(opcode)}`)
}
