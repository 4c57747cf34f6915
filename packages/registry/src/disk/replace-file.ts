import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/**
 * Puts a file in the place of another in one step: whoever reads sees the one or the other, whenever the process or the
 * machine stops.
 *
 * @param temporary A folder of the same file system for the new one while it is written.
 */
export async function replaceFile(
  file: string,
  bytes: string | Uint8Array,
  { temporary = path.dirname(file), mode = 0o644 }: { temporary?: string; mode?: number } = {},
): Promise<void> {
  const beside = path.join(temporary, temporaryName())
  try {
    const handle = await open(beside, 'wx', mode)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined) // What went wrong first is what to report.
    throw error
  }
}

/** Says whose it is: what a process that ended has left behind is recognised by it. */
export function temporaryName(): string {
  return `${process.pid}-${randomUUID()}.tmp`
}
