import type { Instance } from '@wasm-plugin/runtime'
import { isCommand } from '../contract/command.js'
import type { ExportedFunction } from '../contract/contract.js'
import { exportTarget } from '../contract/export-target.js'
import type { LiveFunction } from '../update/live-exports.js'
import type { Exported, InlineBuild, Trace } from './inline-build.js'

/** Where the build is that functions call. */
export interface BuildPlace {
  build: InlineBuild
}

/** A function of whichever build is there. */
export function bindExport(live: LiveFunction, func: ExportedFunction, place: BuildPlace): Exported {
  const call = bindCall(live, func, place)
  const isTraced = place.build.trace !== undefined && func.handles === null
  const traced: Exported = isTraced
    ? (...args) => (place.build.trace as Trace)(func.name, () => call(...args))
    : call
  if (!isCommand(func.place)) return traced
  return (...args) => {
    try {
      return traced(...args)
    } finally {
      place.build.renew()
    }
  }
}

/** One closure per arity: spreading arguments costs more than the call itself. */
function bindCall(
  live: LiveFunction,
  { handles, name, type }: ExportedFunction,
  place: BuildPlace,
): Exported {
  if (handles !== null) return (...args) => place.build.callWithResources(present(live, place), args)
  let instance: Instance | undefined
  let target: Exported
  const enter = () => {
    const { build } = place
    const current = build.enter(name)
    if (current !== instance) {
      target = exportTarget(current.exports, present(live, place))
      instance = current
    }
    return build.start()
  }
  const done = (started: number) => place.build.done(name, started)
  const fail = (error: unknown, started: number) => place.build.fail(error, name, started)
  switch (type.params.length) {
    case 0:
      return () => {
        const started = enter()
        try {
          const value = target()
          if (started !== 0) done(started)
          return value
        } catch (error) {
          return fail(error, started)
        }
      }
    case 1:
      return (a) => {
        const started = enter()
        try {
          const value = target(a)
          if (started !== 0) done(started)
          return value
        } catch (error) {
          return fail(error, started)
        }
      }
    case 2:
      return (a, b) => {
        const started = enter()
        try {
          const value = target(a, b)
          if (started !== 0) done(started)
          return value
        } catch (error) {
          return fail(error, started)
        }
      }
    default:
      return (...args) => {
        const started = enter()
        try {
          const value = target(...args)
          if (started !== 0) done(started)
          return value
        } catch (error) {
          return fail(error, started)
        }
      }
  }
}

/** @throws {UNKNOWN_EXPORT} an update brought it, and it went with that */
function present({ func, name }: LiveFunction, { build }: BuildPlace): ExportedFunction {
  return func ?? build.shown.contract.find(name)
}
