import { parentPort, workerData } from 'node:worker_threads'
import { ThreadLane } from '@wasm-plugin/embed/thread'

/** A thread of which a test is the application: counts its calls, and asks as often as it is told. */
const { lane: buffer, limits, types } = workerData
let calls = 0
const lane = new ThreadLane(
  { lane: buffer, limits },
  {
    typeOf: (func) => types.functions[func],
    serve({ id, func, args }) {
      calls++
      if (func === 0) return calls
      if (typeof args[0] !== 'number') return args[0]
      let sum = 0
      for (let i = 0; i < args[0]; i++) {
        const answer = lane.ask(0, types.hostFunctions[0], { args: [i], call: id })
        if (answer === undefined) throw new Error('it does not fit')
        sum += 'kept' in answer ? -1 : answer.value
      }
      return sum
    },
    copied: () => undefined,
    rest() {},
    events: () => 0,
    post: (id, settled) => {
      let outcome
      try {
        outcome = settled()
      } catch (error) {
        outcome = error.message
      }
      parentPort.postMessage({ id, outcome })
    },
  },
)
parentPort.on('message', () => lane.serve())
