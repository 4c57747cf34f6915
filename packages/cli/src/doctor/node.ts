import { isAtLeast } from './ask.js'
import { type Check, missing, present } from './check.js'

const MINIMUM = '20.19'

export function checkNode(version: string): Check {
  if (isAtLeast(version, MINIMUM)) return present('node', version)
  return missing(
    'node',
    `${version}, older than ${MINIMUM}`,
    'Install Node 20.19 or newer from https://nodejs.org',
  )
}
