import { readdir, readFile } from 'node:fs/promises'

/** Resident megabytes of processes and of all that they started, what they share once; null where the system does not tell. */
export async function residentMb(pids) {
  try {
    const parents = await parentsOf()
    const all = [...parents.keys()].filter((pid) => pids.some((root) => isBelow(pid, root, parents)))
    const sizes = await Promise.all(all.map(proportional))
    return Math.round(sizes.reduce((sum, kb) => sum + kb, 0) / 1024)
  } catch {
    return null
  }
}

async function parentsOf() {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const parents = new Map()
  for (const pid of pids) {
    // Who has ended meanwhile has no memory.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
    if (stat !== undefined)
      parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  return parents
}

function isBelow(pid, root, parents) {
  for (let at = pid; at !== undefined && at !== 0; at = parents.get(at)) if (at === root) return true
  return false
}

async function proportional(pid) {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0)
}
