import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rm, rmdir, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { transportErrors as errors } from '../errors/index.js'
import { tellWaiting, type Waiting } from './waiting.js'

/** Throws if the lock is no longer ours: called last, before what was prepared takes effect. */
export type StillHeld = () => Promise<void>

/**
 * Runs `run` while no other process, and nobody else here, has the lock `file`. It is for moments: a lock of a process that
 * has ended, or one older than half a minute, is taken over, and its holder finds out by `stillHeld`. Who waits for more than
 * a second says so on `WAITING_CHANNEL`.
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
  const tell = tellWaiting(() => waitingFor(file))
  for (let wait = 2; !(await take(file, ours)); wait = Math.min(wait * 1.5, MAX_PAUSE_MS)) {
    if (performance.now() > end) throw await busy(file, WAIT_MS)
    await tell()
    await sleep(wait * (0.5 + Math.random()), undefined, signal && { signal })
  }
  const stillHeld = async () => {
    if ((await holderOf(file)) !== ours) throw await busy(file, STALE_MS)
  }
  try {
    return await run(stillHeld)
  } finally {
    if ((await holderOf(file)) === ours) await rm(file, { force: true })
  }
}

async function take(file: string, ours: string): Promise<boolean> {
  try {
    await writeNew(file, ours)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const holder = await holderOf(file)
  if (holder !== undefined && (await isStale(file, holder))) await takeAway(file, holder)
  return false
}

/** On a disk that is full the file would be there, empty, and in the way of everybody. */
async function writeNew(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx')
  try {
    await handle.writeFile(text)
  } catch (error) {
    await rm(file, { force: true })
    throw error
  } finally {
    await handle.close()
  }
}

/** Two that take the same lock away one after the other would take away that of a third: only one at a time does. */
async function takeAway(file: string, stale: string): Promise<void> {
  const turn = `${file}.turn`
  try {
    await mkdir(turn)
  } catch {
    if (await isOld(turn, STALE_MS)) await rmdir(turn).catch(() => undefined)
    return
  }
  try {
    if ((await holderOf(file)) === stale) await rm(file, { force: true })
  } finally {
    await rmdir(turn).catch(() => undefined)
  }
}

async function isStale(file: string, text: string): Promise<boolean> {
  const holder = parse(text)
  // The line is written at once: who has not written it by now was ended before that.
  if (holder === undefined) return await isOld(file, TORN_MS)
  return isGone(holder) || (await isOld(file, STALE_MS))
}

interface Holder {
  readonly pid: number
  readonly host: string
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, host } = JSON.parse(text)
    return Number.isSafeInteger(pid) && pid > 0 && HOST.test(host) ? { pid, host } : undefined
  } catch {
    return undefined
  }
}

/** It is shown. */
const HOST = /^[\w.-]{1,255}$/

/** Whether a process has ended. Of another machine nobody knows. */
function isGone({ pid, host }: Holder): boolean {
  if (host !== hostname()) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

async function busy(file: string, ms: number): Promise<Error> {
  return errors.FOLDER_BUSY({ ...(await waitingFor(file)), seconds: ms / 1_000 })
}

async function waitingFor(file: string): Promise<Waiting> {
  const holder = parse((await holderOf(file)) ?? '')
  const at = holder === undefined || holder.host === hostname() ? '' : ` of ${holder.host}`
  return { file, holder: holder === undefined ? 'another process' : `process ${holder.pid}${at}` }
}

async function isOld(file: string, ms: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > ms
}

async function holderOf(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined)
}

/** How long somebody waits: longer than a lock is believed. */
const WAIT_MS = 60_000
const STALE_MS = 30_000
const TORN_MS = 2_000
const MAX_PAUSE_MS = 40
