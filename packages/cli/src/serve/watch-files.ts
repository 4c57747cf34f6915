import path from 'node:path'
import { watch } from 'chokidar'
import { Changes } from '../watch/changes.js'

export interface FileWatch {
  readonly cwd: string
  readonly signal: AbortSignal
  /** Called when nothing is missed any more. */
  readonly onReady: () => void
  /** Called after every change, with paths relative to `cwd`. */
  readonly step: (changed: readonly string[]) => Promise<void>
}

/** Repeats a step whenever one of the files changes, until the signal. They are asked for again after each. */
export async function watchFiles(
  files: () => Iterable<string>,
  { cwd, signal, onReady, step }: FileWatch,
): Promise<void> {
  const changes = new Changes(signal)
  const watcher = watch([...files()], { ignoreInitial: true })
  watcher.on('all', (_, file) => changes.add(path.relative(cwd, file)))
  watcher.on('error', (error) => changes.fail(error))
  watcher.once('ready', onReady)
  try {
    while (!signal.aborted) {
      const changed = await changes.next()
      if (changed.length > 0) await step(changed)
      watcher.add([...files()])
    }
  } finally {
    await watcher.close()
  }
}
