import { styleText } from 'node:util'

/**
 * What the scripts say, on stderr: stdout is for data. One line per step, a verb and its object, like
 * `    Building packages/host 1.2s`.
 */
export function report(verb, text) {
  say('green', verb, text)
}

export function warn(verb, text) {
  say('yellow', verb, text)
}

/** Runs a step and reports it when it is done, with the time it took. */
export async function timed(verb, text, step) {
  const start = performance.now()
  if (process.stderr.isTTY) process.stderr.write(`${label('cyan', verb)} ${text} …`)
  try {
    return await step()
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    report(verb, `${text} ${seconds(performance.now() - start)}`)
  }
}

export const seconds = (ms) => `${(ms / 1000).toFixed(1)}s`

function say(colour, verb, text) {
  process.stderr.write(`${label(colour, verb)} ${text}\n`)
}

function label(colour, verb) {
  const padded = verb.padStart(12)
  const plain = !process.stderr.isTTY || process.env.NO_COLOR
  return plain ? padded : styleText(['bold', colour], padded)
}
