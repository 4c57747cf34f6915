/**
 * Times per call in nanoseconds, one per contender: the least of several samples, because whatever else a machine
 * does only ever makes a sample longer. Contenders take turns, so that a slow moment is everyone's.
 *
 * @param {{ call: () => unknown, isAsync: boolean, before?: () => unknown, between?: () => unknown }[]} contenders
 * @param {{ samples: number, sampleMs: number }} effort
 * @returns {Promise<number[]>}
 */
export async function measure(contenders, { samples, sampleMs }) {
  const runs = []
  for (const contender of contenders) runs.push(await prepare(contender, sampleMs))
  const least = runs.map(() => Number.POSITIVE_INFINITY)
  for (let i = 0; i < samples; i++) {
    for (const [index, run] of runs.entries()) {
      await run.before?.()
      least[index] = Math.min(least[index], await sample(run))
      await run.between?.()
    }
  }
  return least
}

/** Warms up, and finds how many calls make a sample. */
async function prepare({ call, isAsync, before, between }, sampleMs) {
  const loop = isAsync ? asyncLoop(call) : syncLoop(call)
  for (let count = 1; ; count *= 2) {
    await before?.()
    const ms = (await timed(loop, count)) / 1e6
    await between?.()
    if (before !== undefined || ms >= sampleMs || count >= 1 << 24) return { loop, count, before, between }
  }
}

/** Nanoseconds of a call. The clock of a page stands still for some microseconds: what it does not see is made longer. */
async function sample(run) {
  for (;;) {
    const ns = await timed(run.loop, run.count)
    if (ns > 0) return ns / run.count
    run.count *= 2
  }
}

async function timed(loop, count) {
  const start = performance.now()
  const pending = loop(count)
  // Waiting for nothing would be measured too.
  if (pending instanceof Promise) await pending
  return (performance.now() - start) * 1e6
}

/** A function of its own for each contender: the engine's type feedback for one must not slow down the next. */
function syncLoop(call) {
  return new Function('call', 'return (count) => { for (let i = 0; i < count; i++) call() }')(call)
}

function asyncLoop(call) {
  return async (count) => {
    for (let i = 0; i < count; i++) await call()
  }
}
