const SCALE = { ns: 1, µs: 1e3, ms: 1e6, MB: 1e6 }

/** Nanoseconds, or bytes, in the unit of a row, with three significant digits; `null` stays. */
export function inUnit(ns, unit) {
  return ns === null ? null : Number((ns / SCALE[unit]).toPrecision(3))
}

/**
 * Our figure, each peer's, and how many times longer the peer takes.
 *
 * @param {{ name: string, unit: string, ours: number, peers: Record<string, number | null> }[]} results
 */
export function table(results) {
  const peers = Object.keys(results[0].peers)
  const lines = [['', 'unit', 'ours', ...peers]]
  for (const { name, unit, ours, peers: figures } of results) {
    const cells = peers.map((peer) => {
      const figure = figures[peer]
      return figure === null ? '-' : `${figure} (${(figure / ours).toPrecision(2)}x)`
    })
    lines.push([name, unit, String(ours), ...cells])
  }
  return columns(lines)
}

/**
 * How long the application was held, in milliseconds.
 *
 * @param {{ name: string, p99: number, longest: number, late: number | null }[]} results
 */
export function lagTable(results) {
  const lines = results.map(({ name, p99, longest, late }) =>
    [name, 'ms', p99, longest, late ?? '-'].map(String),
  )
  return columns([['', 'unit', 'p99', 'longest', 'late'], ...lines])
}

/**
 * How a web server answers under load.
 *
 * @param {{ name: string, perSecond: number, p50Ms: number, p99Ms: number, errors: number }[]} results
 */
export function serverTable(results) {
  const lines = results.map(({ name, perSecond, p50Ms, p99Ms, errors }) =>
    [name, Math.round(perSecond), p50Ms, p99Ms, errors].map(String),
  )
  return columns([['', 'requests/s', 'p50 ms', 'p99 ms', 'errors'], ...lines])
}

/**
 * How servers answer the same under load, beside each other.
 *
 * @param {import('./gateway/run.mjs').GatewayRow[]} results
 */
export function gatewayTable(results) {
  const others = [...new Set(results.flatMap(({ times }) => Object.keys(times)))]
  const lines = results.map(({ name, system, perSecond, p50Ms, p99Ms, errors, rssMb, times }) =>
    [
      `${name}: ${system}`,
      perSecond < 100 ? perSecond : Math.round(perSecond),
      ...others.map((other) => (other in times ? `${times[other]}x` : '-')),
      ...[p50Ms, p99Ms, rssMb ?? '-', errors],
    ].map(String),
  )
  const heads = ['', 'requests/s', ...others.map((other) => `of ${other}`)]
  return columns([[...heads, 'p50 ms', 'p99 ms', 'RSS MB', 'errors'], ...lines])
}

/**
 * How time, memory and threads grow: a line for each step, the slope at the last.
 *
 * @param {import('./scale/run.mjs').Growth[]} results
 */
export function growthTable(results) {
  const lines = results.flatMap(({ name, of, engine, steps, slope }) =>
    steps.map(({ n, ms, each, rssMb, threads }, i) => [
      i === 0 ? `${name}: ${engine}` : '',
      ...[n, ms, `${each} ${of}`, rssMb, threads ?? '-'].map(String),
      i === steps.length - 1 ? String(slope ?? '-') : '',
    ]),
  )
  return columns([['', 'n', 'ms', 'µs of', 'RSS MB', 'threads', 'slope'], ...lines])
}

function columns(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  return lines
    .map((line) =>
      line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
    )
    .join('\n')
}
