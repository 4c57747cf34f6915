import type { ThreadInit } from '../wire/messages.js'
import type { InstancesContext } from './instances-context.js'
import type { Ask, FindDirect } from './remote.js'

/** How functions of the application are asked for by shared memory. @param running the id of the call that runs */
export function directFunctions(
  { functions }: Pick<ThreadInit, 'functions'>,
  { ask, askDirectly }: { ask: Ask; askDirectly: InstancesContext['askDirectly'] },
  running: () => number | undefined,
): FindDirect {
  const indices = new Map(functions.map((place, index) => [JSON.stringify(place), index]))
  return (instance, func, type) => {
    const index = indices.get(JSON.stringify([instance, func]))
    if (index === undefined) return undefined
    return (args) => {
      const call = running()
      // At the start nobody waits in place.
      const answer = call === undefined ? undefined : askDirectly(index, type, { args, call })
      return answer && ('kept' in answer ? { value: ask({ kind: 'kept', question: answer.kept }) } : answer)
    }
  }
}
