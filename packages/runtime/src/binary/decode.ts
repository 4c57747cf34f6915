import { errors } from '../errors/index.js'
import { decodeComponentAt } from './component.js'
import { DecodeContext, type Steps } from './context.js'
import type { CheckedComponent } from './definition.js'
import { countInstances } from './instance-count.js'
import { type CompileLimits, defaultCompileLimits } from './options.js'
import { adaptPreview1 } from './preview1.js'
import { Reader } from './reader.js'

/**
 * Decodes a component binary and checks it against the validation rules of the Component Model. Core modules are read
 * for their imports and exports; the engine validates their code when it compiles them.
 *
 * @param bytes the component. Views into it are kept, so it must not change afterwards
 * @param limits what the file may look like; the defaults are `defaultCompileLimits`
 * @throws {NOT_WASM} the bytes are no WebAssembly
 * @throws {CORE_MODULE} the bytes are a core module that is not of WASI preview 1
 * @throws {MALFORMED_COMPONENT} the bytes break the binary format, at a byte offset
 * @throws {INVALID_COMPONENT} the component breaks a validation rule, at a byte offset
 * @throws {UNSUPPORTED_FEATURE} the component uses something that this runtime does not run
 * @throws {LIMIT_EXCEEDED} the component is over one of the limits
 */
export function decodeComponent(bytes: Uint8Array, limits: Partial<CompileLimits> = {}): CheckedComponent {
  const steps = decodeSteps(bytes, limits)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** The same, to be taken in steps. */
export function* decodeSteps(
  bytes: Uint8Array,
  limits: Partial<CompileLimits> = {},
): Steps<CheckedComponent> {
  const all = { ...defaultCompileLimits, ...limits }
  new DecodeContext(all).limit('componentBytes', bytes.byteLength)
  const given = ownBytes(bytes)
  const adapted = adaptPreview1(given, all)
  const own = adapted ?? given
  const context = new DecodeContext(all, adapted !== null)
  const { component, customSections } = yield* decodeComponentAt(new Reader(own), context, null)
  countInstances(context, component)
  const { coreModules } = context
  const weight = weightOf(context, own.length, [...coreModules, ...customSections])
  return { root: component, coreModules, customSections, size: given.length, weight }
}

/** Names are as long as they are, and a node is some numbers and names. */
function weightOf(
  { nodes }: DecodeContext,
  size: number,
  apart: readonly { readonly bytes: Uint8Array }[],
): number {
  return NODE_BYTES * nodes + apart.reduce((rest, { bytes }) => rest - bytes.length, size)
}

const NODE_BYTES = 16

/**
 * Refuses a component that holds types and nothing to run: a WIT package in binary form, or the world that a bindings
 * generator embeds.
 * @throws {WIT_PACKAGE}
 */
export function refuseTypesOnly({ root }: CheckedComponent): void {
  const { imports, exports } = root.type
  if (imports.size > 0 || exports.size === 0) return
  for (const item of exports.values()) {
    if (item.kind !== 'type' || (item.type.kind !== 'component' && item.type.kind !== 'instance')) return
  }
  throw errors.WIT_PACKAGE({})
}

/** A plain view of the bytes; a copy when another thread could change them under the checks. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shared = typeof SharedArrayBuffer !== 'undefined' && bytes.buffer instanceof SharedArrayBuffer
  return shared ? view.slice() : view
}
