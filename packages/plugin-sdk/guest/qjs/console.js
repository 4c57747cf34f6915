// `console` for QuickJS, over the standard streams of WASI.
import { getStderr } from 'wasi:cli/stderr@0.2.12'
import { getStdout } from 'wasi:cli/stdout@0.2.12'
import { needHost } from '../phase.js'
import { utf8 } from './utf8.js'

const out = writer(getStdout)
const err = writer(getStderr)

const console = {
  log: out,
  info: out,
  debug: out,
  dir: out,
  table: out,
  group: out,
  groupEnd() {},
  warn: err,
  error: err,
  trace: err,
  assert(condition, ...args) {
    if (!condition) err('Assertion failed', ...args)
  },
}

/** What `blocking-write-and-flush` takes at once. */
const MAX_BYTES = 4096

function writer(open) {
  return (...args) => {
    const bytes = utf8(`${args.map((arg) => (typeof arg === 'string' ? arg : inspect(arg))).join(' ')}\n`)
    needHost('console')
    const stream = open()
    for (let at = 0; at < bytes.length; at += MAX_BYTES)
      stream.blockingWriteAndFlush(bytes.subarray(at, at + MAX_BYTES))
    stream[Symbol.dispose]?.()
  }
}

const MAX_DEPTH = 4

function inspect(value, depth = 0, seen = []) {
  if (typeof value === 'string') return depth === 0 ? value : JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return `[function ${value.name}]`
  if (value === null || typeof value !== 'object') return String(value)
  if (value instanceof Error) return String(value.stack ? `${value}\n${value.stack}` : value)
  if (value instanceof Date || value instanceof RegExp) return String(value)
  if (seen.includes(value)) return '[circular]'
  if (depth >= MAX_DEPTH) return '[object]'
  const inner = (item) => inspect(item, depth + 1, [...seen, value])
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return `[${Array.from(value, inner).join(', ')}]`
  if (value instanceof Set) return `Set {${Array.from(value, inner).join(', ')}}`
  if (value instanceof Map)
    return `Map {${Array.from(value, ([key, item]) => `${inner(key)} => ${inner(item)}`).join(', ')}}`
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${key}: ${inner(item)}`)
    .join(', ')} }`
}

export { console }
