import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { transportErrors as errors } from '../errors/index.js'

/** Throws if the lock is no longer ours: called last, before what was prepared takes effect. */
export type StillHeld = () => Promise<void>

/**
 * Runs `run` while no other process, and nobody else here, has the lock `file`. It is for moments: a lock of a process that
 * has ended, or one older than half a minute, is taken over, and its holder finds out by `stillHeld`.
 *
 * @throws {FOLDER_BUSY}
 */
export async function withLock<T>(
  file: string,
  run: (stillHeld: StillHeld) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const ours = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() })
  const end = performance.now() + WAIT_MS
  for (let wait = 2; !(await take(file, ours)); wait = Math.min(wait * 1.5, MAX_PAUSE_MS)) {
    if (performance.now() > end) throw errors.FOLDER_BUSY({ file, seconds: WAIT_MS / 1_000 })
    await sleep(wait * (0.5 + Math.random()), undefined, signal && { signal })
  }
  const stillHeld = async () => {
    if ((await holderOf(file)) !== ours) throw errors.FOLDER_BUSY({ file, seconds: STALE_MS / 1_000 })
  }
  try {
    return await run(stillHeld)
  } finally {
    if ((await holderOf(file)) === ours) await rm(file, { force: true })
  }
}

async function take(file: string, ours: string): Promise<boolean> {
  try {
    await writeFile(file, ours, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const holder = await holderOf(file)
  if (holder !== undefined && (await isStale(file, holder))) await takeAway(file, holder)
  return false
}

/** Two that take the same lock away one after the other would take away that of a third: only one at a time does. */
async function takeAway(file: string, stale: string): Promise<void> {
  const turn = `${file}.turn`
  try {
    await mkdir(turn)
  } catch {
    if (await isOld(turn)) await rmdir(turn).catch(() => undefined)
    return
  }
  try {
    if ((await holderOf(file)) === stale) await rm(file, { force: true })
  } finally {
    await rmdir(turn).catch(() => undefined)
  }
}

async function isStale(file: string, holder: string): Promise<boolean> {
  return isGone(holder) || (await isOld(file))
}

/** Whether the process that wrote this has ended. Of another machine, and of half a line, nobody knows. */
function isGone(holder: string): boolean {
  try {
    const { pid, host } = JSON.parse(holder)
    if (host !== hostname() || !Number.isSafeInteger(pid) || pid <= 0) return false
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

async function isOld(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > STALE_MS
}

async function holderOf(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined)
}

/** How long somebody waits: longer than a lock is believed. */
const WAIT_MS = 60_000
const STALE_MS = 30_000
const MAX_PAUSE_MS = 40
