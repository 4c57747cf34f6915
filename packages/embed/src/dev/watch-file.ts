import { errors } from '../errors/index.js'
import { PluginError } from '../errors/plugin-error.js'
import type { SourcePort } from '../ports.js'

export interface WatchedFile {
  readonly path: string | URL
  /** `sha256:` and the hex digest of the component that runs. */
  readonly digest: () => string
  /** Reads the file again: what lies beside it belongs to it. */
  readonly update: () => Promise<void>
  /** What was written is no update; the next change may be one. */
  readonly onFailed: (error: PluginError) => void
}

export interface FileWatch {
  readonly stop: () => void
  /** The file has been looked at once: what changed between reading it and watching it is no change that is heard of. */
  readonly looked: Promise<void>
}

/**
 * Updates a plugin now, if its file is not what runs, and whenever it has changed, until it is stopped: one update at a
 * time, and what changed meanwhile is the next.
 *
 * @throws {WATCH_UNAVAILABLE} there are no files here
 */
export function watchFile({ path, digest, update, onFailed }: WatchedFile, sources: SourcePort): FileWatch {
  if (sources.watch === undefined) throw errors.WATCH_UNAVAILABLE({ path: String(path) })
  let isBusy = false
  let isStale = false
  let isOver = false
  const reload = async () => {
    const bytes = await sources.readFile(path, Number.POSITIVE_INFINITY)
    if (`sha256:${await sources.sha256(bytes)}` !== digest() && !isOver) await update()
  }
  const onChange = async () => {
    isStale = true
    if (isBusy) return
    isBusy = true
    while (isStale && !isOver) {
      isStale = false
      await reload().catch((error) => {
        if (!PluginError.is(error)) throw error
        if (!isOver) onFailed(error)
      })
    }
    isBusy = false
  }
  const stop = sources.watch(path, () => void onChange())
  return {
    looked: onChange(),
    stop: () => {
      isOver = true
      stop()
    },
  }
}
