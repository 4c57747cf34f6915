import fc from 'fast-check'
import { SEED, tries } from './seed.js'

// Without a seed every run would try something else, and a failure could not be told from one of chance.
fc.configureGlobal({ seed: SEED, numRuns: tries(100) })

/** fast-check, with the seed of the run. */
export { fc }
