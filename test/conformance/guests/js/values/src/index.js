import * as host from 'conformance:kit/values'
import { log } from 'conformance:kit/values-plugin'
import { now } from 'conformance:ticks/clock@0.1.0'
import { now as laterNow } from 'conformance:ticks/clock@0.2.0'
import { advise } from 'advice'

export { made } from './made.js'

/** What came from the host goes to the host. */
export const values = { ...host }

export const extra = {
  consult: (topic) => [now(), laterNow('ms'), advise(topic)],
}

export function run(words) {
  for (const word of words) {
    if (word === '') throw 'an empty word'
    log(word)
  }
  return words.length
}

export const paint = (c) => c

export function fail() {
  throw new Error('as asked')
}
