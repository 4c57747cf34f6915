import { fstatSync, statSync } from 'node:fs'
import path from 'node:path'
import { watch } from 'chokidar'
import { Changes } from './changes.js'

/** What a build writes, or what is no source. Hidden files and folders are passed over too. */
const PASSED_OVER = new Set(['node_modules', 'dist', 'gen', 'target', 'Cargo.lock', 'package-lock.json'])

export interface WatchRequest {
  readonly dir: string
  /** Contract of the project, which may lie outside of it. */
  readonly wit: () => Promise<string | undefined>
  readonly signal: AbortSignal
  /** Runs once at the start and then after every change; `changed` are paths relative to `dir`. */
  readonly step: (changed: readonly string[]) => Promise<void>
}

/**
 * Repeats a step whenever a source of the project, its WIT or its manifest changes, until the signal. Changes during
 * a step are not lost: they start the next one.
 */
export async function watchProject({ dir, wit, signal, step }: WatchRequest): Promise<void> {
  const changes = new Changes(signal)
  const watcher = watch(dir, {
    ignoreInitial: true,
    ignored: (file) => isPassedOver(path.relative(dir, file)),
  })
  watcher.on('all', (_, file) => {
    if (!isOwnOutput(file)) changes.add(path.relative(dir, file))
  })
  watcher.on('error', (error) => changes.fail(error))
  try {
    await new Promise<void>((resolve, reject) => watcher.once('ready', resolve).once('error', reject))
    let changed: readonly string[] = []
    while (!signal.aborted) {
      const contract = await wit()
      if (contract !== undefined) watcher.add(contract)
      await step(changed)
      changed = await changes.next()
    }
  } finally {
    await watcher.close()
  }
}

/** `relative` to the project; what lies outside of it was named by the manifest. */
function isPassedOver(relative: string): boolean {
  if (relative === '' || relative.startsWith('..')) return false
  return relative.split(path.sep).some((name) => PASSED_OVER.has(name) || name.startsWith('.'))
}

/** A file that this process writes to, as by `--watch --json > build.log`: each build would start the next. */
function isOwnOutput(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined || !found.isFile()) return false
  return [1, 2].some((fd) => {
    try {
      const { dev, ino } = fstatSync(fd)
      return dev === found.dev && ino === found.ino
    } catch {
      return false
    }
  })
}
