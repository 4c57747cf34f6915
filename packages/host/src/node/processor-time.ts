import { readFileSync } from 'node:fs'

/** Milliseconds of processor time that a thread of this process has had; undefined where the system does not tell. */
export function cpuMsOfThread(thread: number): number | undefined {
  try {
    const [ns] = readFileSync(`/proc/self/task/${thread}/schedstat`, 'latin1').split(' ')
    return Number(ns) / 1e6
  } catch {
    return undefined
  }
}

/** The same of all threads of a process, to ten milliseconds. */
export function cpuMsOfProcess(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name of the program, which may have anything in it, is in parentheses before.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[USER]) + Number(fields[SYSTEM])) * MS_PER_TICK
  } catch {
    return undefined
  }
}

/** Indices of fields behind the name. */
const USER = 11
const SYSTEM = 12
/** Of Linux for programs, whatever it counts by itself. */
const MS_PER_TICK = 10
