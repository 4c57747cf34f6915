// What stands between a plugin and the functions that it imports, where the engine's values are not the plugin's.
import { wrapMembers } from './members.js'
import { needHost } from './phase.js'

/** Keeps the modules of other interfaces, whose start wraps the classes of objects that this one's functions give. */
export function needs(...classes) {
  if (classes.includes(null)) throw new TypeError('a class of an imported interface is missing')
}

/** @param options `params` and `result` convert values, `error` the payload of a `result` that failed */
export function wrapImport(raw, options) {
  return (...args) => run((converted) => raw(...converted), args, options)
}

/** An imported class, with its members wrapped in place. */
export function wrapImportedClass(raw, members) {
  return wrapMembers(raw, members, run)
}

function run(call, args, { name = 'a function of the host', params = [], result = same, error = same } = {}) {
  needHost(name)
  try {
    return result(call(args.map((arg, i) => (params[i] ?? same)(arg))))
  } catch (thrown) {
    if (error === same || !(thrown instanceof Error) || !Object.hasOwn(thrown, 'payload')) throw thrown
    // The engine's own payload cannot be written.
    throw Object.assign(new Error(thrown.message), { payload: error(thrown.payload) })
  }
}

const same = (value) => value
