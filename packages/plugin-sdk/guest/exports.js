// What stands between the engine and the functions that a plugin exports. Bundled into every plugin in JavaScript.
import { wrapMembers } from './members.js'
import { phase } from './phase.js'
import { report } from './report.js'

/**
 * Throws when the plugin lacks something that its world asks for. The build reads the message.
 *
 * @param {string[][]} wanted paths of objects and functions, an object before what it has to hold
 * @param classes of imported interfaces: using them here keeps their modules, whose start wraps them
 */
export function check(plugin, wanted, _classes) {
  const missing = []
  for (const path of wanted) {
    let owner = plugin
    for (const name of path.slice(0, -1)) owner = owner?.[name]
    if (owner === undefined || owner === null || owner[path.at(-1)] !== undefined) continue
    missing.push({ path, found: Object.getOwnPropertyNames(owner) })
  }
  if (missing.length > 0) throw new Error(`wasm-plugin:missing ${JSON.stringify(missing)} wasm-plugin:end`)
}

/**
 * An exported function. Whatever a function without a `result` throws is a fault, and so is an `Error` without a
 * `payload` in any function: it goes to the log with its stack and ends the instance. A function with a `result`
 * fails with a value that is thrown, or with the `payload` of what is thrown.
 */
export function wrap(owner, name, options) {
  return (...args) => run((converted) => owner[name](...converted), args, options)
}

/** An exported class, with its members wrapped in place: `{ push: options }`. */
export function wrapClass(own, members) {
  return wrapMembers(own, members, run)
}

/** Exports that are running. What the plugin calls of itself meanwhile is its own affair: an instance runs one at a time. */
let running = 0

function run(call, args, { fallible = false, params = [], result = same, error = same } = {}) {
  phase.started = true
  if (running > 0) return call(args)
  const settle = (thrown) => {
    const payload = payloadOf(thrown)
    if (fallible && (payload !== undefined || !(thrown instanceof Error))) {
      const value = error(payload === undefined ? thrown : payload.value)
      throw Object.assign(new Error('the err of a result'), { payload: value })
    }
    // False in builds that give up the streams.
    if (WASM_PLUGIN_REPORTS) report(thrown)
    throw fallible ? fault(thrown) : thrown
  }
  running++
  try {
    const value = call(args.map((arg, i) => (params[i] ?? same)(arg)))
    if (!(value instanceof Promise)) return result(value)
    // Of the engine: whether it has an event loop.
    if (!WASM_PLUGIN_WAITS) throw new TypeError(NO_EVENT_LOOP)
    return value.then(result, settle)
  } catch (thrown) {
    return settle(thrown)
  } finally {
    running--
  }
}

/** The engines make an `err` of whatever has a payload; one that cannot be read ends the instance. */
function fault(thrown) {
  return {
    get payload() {
      throw thrown
    },
  }
}

function payloadOf(thrown) {
  return thrown !== null && typeof thrown === 'object' && Object.hasOwn(thrown, 'payload')
    ? { value: thrown.payload }
    : undefined
}

const NO_EVENT_LOOP =
  "an exported function returned a promise, which the qjs engine cannot wait for; engine 'starling' can"

const same = (value) => value
