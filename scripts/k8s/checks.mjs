import { report, seconds, warn } from '../lib/report.mjs'

/** What is expected of the cluster, one after the other, and what came of it. */
export class Checks {
  failed = 0
  #tell

  /** @param tell is given each result: `{ name, ms, reason?, …facts }` */
  constructor(tell) {
    this.#tell = tell
  }

  /** Gives what `step` gives, or nothing where it failed. A step may note facts for the result. */
  async check(name, step) {
    const start = performance.now()
    const facts = {}
    const result = (reason) => ({ name, ms: Math.round(performance.now() - start), ...facts, ...reason })
    try {
      const value = await step((more) => Object.assign(facts, more))
      this.#tell(result())
      report('Passed', `${name} ${seconds(performance.now() - start)} ${noted(facts)}`)
      return value
    } catch (error) {
      this.failed++
      this.#tell(result({ reason: error.message }))
      warn('Failed', `${name} ${seconds(performance.now() - start)} ${noted(facts)}\n${error.stack}`)
      return undefined
    }
  }
}

function noted(facts) {
  const texts = Object.entries(facts).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
  return texts.length === 0 ? '' : `(${texts.join(', ')})`
}
