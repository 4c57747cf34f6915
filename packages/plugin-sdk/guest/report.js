// An exception that nobody caught, as the author would see it in a terminal: their file, their line.

/** Writes an exception to the standard error, which the host turns into a line of the log. */
export function report(thrown) {
  console.error(describe(thrown))
}

function describe(thrown) {
  if (!(thrown instanceof Error))
    return `Uncaught ${typeof thrown === 'string' ? thrown : JSON.stringify(thrown)}`
  const frames = String(thrown.stack ?? '')
    .split('\n')
    .flatMap(frameOf)
  const cause = thrown.cause === undefined ? [] : [`caused by ${describe(thrown.cause)}`]
  return [`Uncaught ${thrown.name}: ${thrown.message}`, ...frames, ...cause].join('\n')
}

/** `f@plugin.js:3:5` and `    at f (/plugin.js:3:5)`, by engine. Frames of this glue are left out. */
function frameOf(row) {
  const parts = /^\s*(?:at )?(.*?)[\s@(]*\/?plugin\.js:(\d+)/.exec(row)
  if (parts === null) return []
  const place = placeOf(Number(parts[2]))
  return place === undefined ? [] : [`    at ${parts[1] || '<anonymous>'} (${place})`]
}

/** The author's file and line of a line of the bundle. The build appends the table to the bundle. */
function placeOf(line) {
  if (typeof WASM_PLUGIN_LINES === 'undefined') return `plugin.js:${line}`
  const { files, runs } = WASM_PLUGIN_LINES
  const run = runs.findLast(([first]) => first <= line)
  return run === undefined || run[1] < 0 ? undefined : `${files[run[1]]}:${run[2] + line - run[0]}`
}
