import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** What this process has: on Linux, where the kernel shows it. */
export function census() {
  return {
    rssMb: process.memoryUsage.rss() / 2 ** 20,
    threads: readdirSync('/proc/self/task').length,
    children: children().length,
    descriptors: readdirSync('/proc/self/fd').length,
  }
}

/** Processes that this one has started and that are there. */
export function children() {
  return readdirSync('/proc/self/task').flatMap((task) => {
    try {
      return readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    } catch {
      // That thread has ended.
      return []
    }
  })
}

/** The census once nothing of it is more than it was; or as it is after a while. */
export async function settled(before) {
  for (let tries = 0; ; tries++) {
    globalThis.gc?.()
    const now = census()
    const isBack = ['threads', 'children', 'descriptors'].every((what) => now[what] <= before[what])
    if (isBack || tries === MAX_TRIES) return now
    await sleep(100)
  }
}

/** Ten seconds. */
const MAX_TRIES = 100
