import { execFile } from 'node:child_process'
import path from 'node:path'

/** Whether a file is in a work tree of git that does not ignore it. Without git nobody commits it. */
export async function isLeftToGit(file: string): Promise<boolean> {
  const cwd = path.dirname(file)
  // The configuration of a repository may name programs, which nothing here is to run.
  const args = ['-c', 'core.fsmonitor=false', 'check-ignore', '--quiet', '--no-index', '--', file]
  return await new Promise((resolve) => {
    execFile('git', args, { cwd, timeout: 5_000 }, (error) => resolve(error?.code === NOT_IGNORED))
  })
}

/** How `git check-ignore` ends for a file that it does not ignore. Outside of work trees it is 128. */
const NOT_IGNORED = 1
