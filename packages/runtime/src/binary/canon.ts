import { childTypes } from '../types/children.js'
import type { ValueType } from '../types/index.js'
import { type CoreFuncType, type FuncType, flattenFunc, type ResourceType } from '../types/index.js'
import type { DecodeContext } from './context.js'
import { sameCoreFunc, showFunc } from './core-match.js'
import type { CanonOptions } from './definition.js'
import { hex, type Reader } from './reader.js'
import type { Scope } from './scope.js'

/** Decodes one canonical definition and appends the function that it makes (Binary.md, `canon`). */
export function decodeCanon(reader: Reader, scope: Scope): void {
  const at = reader.offset
  const code = reader.u8()
  switch (code) {
    case 0x00:
      reader.expect(0x00, 'the core function to lift')
      lift(reader, scope)
      return
    case 0x01:
      reader.expect(0x00, 'the function to lower')
      lower(reader, scope)
      return
    case 0x02:
      resourceIntrinsic(scope, 'resource-new', localResource(scope, reader.u32()))
      return
    case 0x03:
      resourceIntrinsic(scope, 'resource-drop', scope.resource(reader.u32()))
      return
    case 0x04:
      resourceIntrinsic(scope, 'resource-rep', localResource(scope, reader.u32()))
      return
  }
  const builtin = UNSUPPORTED_BUILTINS.get(code)
  if (builtin !== undefined) throw scope.context.unsupported(`the built-in ${builtin}`)
  throw reader.malformed(`${hex(code)} is not a canonical definition`, at)
}

function lift(reader: Reader, scope: Scope): void {
  const { context } = scope
  const coreFunc = reader.u32()
  const options = decodeOptions(reader, scope)
  const index = reader.u32()
  const { type } = scope.type(index)
  if (type.kind !== 'func') throw context.invalid(`type ${index} is not a function type`)
  checkRunnable(context, type)
  const flat = flattenFunc(type, 'lift')
  const core = scope.coreFunc(coreFunc)
  if (!sameCoreFunc(core, flat.core)) {
    throw context.invalid(`the lifted core function is of type ${showFunc(core)}, not ${showFunc(flat.core)}`)
  }
  const pointers = type.params.some((param) => hasPointer(context, param.type))
  require(context, options, {
    memory: flat.resultInMemory || (type.result !== null && hasPointer(context, type.result)),
    realloc: flat.paramsInMemory || pointers,
  })
  if (options.postReturn !== null) checkPostReturn(scope, options.postReturn, core)
  scope.funcs.push(type)
  scope.definitions.push({ op: 'lift', coreFunc, type, options })
}

function lower(reader: Reader, scope: Scope): void {
  const { context } = scope
  const func = reader.u32()
  const options = decodeOptions(reader, scope)
  const type = scope.func(func)
  checkRunnable(context, type)
  if (options.postReturn !== null) throw context.invalid('a lowering cannot have a post-return function')
  const flat = flattenFunc(type, 'lower')
  const pointers = type.params.some((param) => hasPointer(context, param.type))
  require(context, options, {
    memory: flat.paramsInMemory || flat.resultInMemory || pointers,
    realloc: type.result !== null && hasPointer(context, type.result),
  })
  scope.core.func.push(flat.core)
  scope.definitions.push({ op: 'lower', func, type, options })
}

function resourceIntrinsic(
  scope: Scope,
  op: 'resource-new' | 'resource-drop' | 'resource-rep',
  resource: ResourceType,
): void {
  scope.core.func.push({ kind: 'func', params: ['i32'], results: op === 'resource-drop' ? [] : ['i32'] })
  scope.definitions.push({ op, resource })
}

/** Only the component that defines a resource may make one or look inside. */
function localResource(scope: Scope, index: number): ResourceType {
  const resource = scope.resource(index)
  if (scope.definedResources.get(resource) !== true) {
    throw scope.context.invalid(`type ${index} is not a resource that this component defines`)
  }
  return resource
}

function decodeOptions(reader: Reader, scope: Scope): CanonOptions {
  const { context } = scope
  const options: { -readonly [K in keyof CanonOptions]: CanonOptions[K] | undefined } = {
    encoding: undefined,
    memory: undefined,
    realloc: undefined,
    postReturn: undefined,
  }
  const set = <K extends keyof CanonOptions>(key: K, value: CanonOptions[K]): void => {
    if (options[key] !== undefined) throw context.invalid(`the canonical option ${key} is given twice`)
    options[key] = value
  }
  for (let count = context.count(reader); count > 0; count--) {
    const at = reader.offset
    const code = reader.u8()
    if (code === 0x00) set('encoding', 'utf8')
    else if (code === 0x01) set('encoding', 'utf16')
    else if (code === 0x02) set('encoding', 'latin1+utf16')
    else if (code === 0x03) set('memory', reader.u32())
    else if (code === 0x04) set('realloc', reader.u32())
    else if (code === 0x05) set('postReturn', reader.u32())
    else if (code === 0x06 || code === 0x07) throw context.unsupported('the async canonical ABI')
    else if (code === 0x08 || code === 0x09) throw context.unsupported('the canonical ABI for GC')
    else throw reader.malformed(`${hex(code)} is not a canonical option`, at)
  }
  const { encoding = 'utf8', memory = null, realloc = null, postReturn = null } = options
  if (memory !== null) checkMemory(scope, memory)
  if (realloc !== null) {
    if (memory === null) throw context.invalid('the option realloc needs the option memory')
    checkRealloc(scope, realloc)
  }
  return { encoding, memory, realloc, postReturn }
}

function checkMemory(scope: Scope, index: number): void {
  const memory = scope.core.memory[index]
  if (memory === undefined) throw scope.context.invalid(`core memory ${index} is out of bounds`)
  if (memory.memory64) throw scope.context.unsupported('64-bit memories in the canonical ABI')
  if (memory.shared) throw scope.context.invalid('the memory of the canonical ABI cannot be shared')
}

function checkRealloc(scope: Scope, index: number): void {
  if (!sameCoreFunc(scope.coreFunc(index), reallocType)) {
    throw scope.context.invalid(`the realloc function is not of type ${showFunc(reallocType)}`)
  }
}

function checkPostReturn(scope: Scope, index: number, lifted: CoreFuncType): void {
  const expected: CoreFuncType = { kind: 'func', params: lifted.results, results: [] }
  if (!sameCoreFunc(scope.coreFunc(index), expected)) {
    throw scope.context.invalid(`the post-return function is not of type ${showFunc(expected)}`)
  }
}

function require(
  context: DecodeContext,
  options: CanonOptions,
  needs: { memory: boolean; realloc: boolean },
): void {
  if ((needs.memory || needs.realloc) && options.memory === null) {
    throw context.invalid('the function passes values through memory, and no memory is given')
  }
  if (needs.realloc && options.realloc === null) {
    throw context.invalid('the function allocates in the callee, and no realloc is given')
  }
}

/** Refuses what can be decoded and not run. */
function checkRunnable(context: DecodeContext, type: FuncType): void {
  if (type.async) throw context.unsupported('async functions')
  for (const child of childTypes(type)) checkRunnableValue(context, child)
}

function checkRunnableValue(context: DecodeContext, type: ValueType): void {
  context.step()
  if (type.kind === 'stream' || type.kind === 'future' || type.kind === 'error-context') {
    throw context.unsupported(`the type ${type.kind}`)
  }
  if (type.kind === 'map') throw context.unsupported('the type map')
  if (type.kind === 'list' && type.length !== undefined) throw context.unsupported('lists of fixed length')
  for (const child of childTypes(type)) checkRunnableValue(context, child)
}

function hasPointer(context: DecodeContext, type: ValueType): boolean {
  context.step()
  if (type.kind === 'string' || type.kind === 'list') return true
  return childTypes(type).some((child) => hasPointer(context, child))
}

const reallocType: CoreFuncType = { kind: 'func', params: ['i32', 'i32', 'i32', 'i32'], results: ['i32'] }

/** Built-ins of WASI 0.3 and later, by opcode. */
const UNSUPPORTED_BUILTINS: ReadonlyMap<number, string> = new Map([
  [0x05, 'task.cancel'],
  [0x06, 'subtask.cancel'],
  [0x08, 'backpressure.set'],
  [0x09, 'task.return'],
  [0x0a, 'context.get'],
  [0x0b, 'context.set'],
  [0x0c, 'thread.yield'],
  [0x0d, 'subtask.drop'],
  [0x0e, 'stream.new'],
  [0x0f, 'stream.read'],
  [0x10, 'stream.write'],
  [0x11, 'stream.cancel-read'],
  [0x12, 'stream.cancel-write'],
  [0x13, 'stream.drop-readable'],
  [0x14, 'stream.drop-writable'],
  [0x15, 'future.new'],
  [0x16, 'future.read'],
  [0x17, 'future.write'],
  [0x18, 'future.cancel-read'],
  [0x19, 'future.cancel-write'],
  [0x1a, 'future.drop-readable'],
  [0x1b, 'future.drop-writable'],
  [0x1c, 'error-context.new'],
  [0x1d, 'error-context.debug-message'],
  [0x1e, 'error-context.drop'],
  [0x1f, 'waitable-set.new'],
  [0x20, 'waitable-set.wait'],
  [0x21, 'waitable-set.poll'],
  [0x22, 'waitable-set.drop'],
  [0x23, 'waitable.join'],
  [0x24, 'backpressure.inc'],
  [0x25, 'backpressure.dec'],
  [0x26, 'thread.index'],
  [0x27, 'thread.new-indirect'],
  [0x28, 'thread.resume-later'],
  [0x29, 'thread.suspend'],
  [0x2a, 'thread.suspend-then-resume'],
  [0x2b, 'thread.yield-then-resume'],
  [0x2c, 'thread.suspend-then-promote'],
  [0x2d, 'thread.yield-then-promote'],
  [0x40, 'thread.spawn-ref'],
  [0x41, 'thread.spawn-indirect'],
  [0x42, 'thread.available-parallelism'],
])
