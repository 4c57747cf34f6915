import type { createEnvironment } from '../p2/cli/environment.js'
import type { exit } from '../p2/cli/exit.js'
import type { createStdio } from '../p2/cli/stdio.js'
import type { createClocks } from '../p2/clocks/index.js'
import type { createFilesystem } from '../p2/filesystem/index.js'
import type { createRandom } from '../p2/random/index.js'

/** What preview 1 is made of: the interfaces of 0.2 that stand for it, with their grants, decisions and quotas. */
export interface Preview2 {
  readonly environment: ReturnType<typeof createEnvironment>
  readonly stdio: Pick<ReturnType<typeof createStdio>, 'stdin' | 'stdout' | 'stderr'>
  readonly clocks: ReturnType<typeof createClocks>
  readonly random: ReturnType<typeof createRandom>
  readonly filesystem: Pick<ReturnType<typeof createFilesystem>, 'preopens'>
  readonly exit: typeof exit
  /** Called between the steps of what may take long; what it throws ends the instance. */
  readonly pause: () => void
  /** Takes fuel for bytes that are read from the memory of the module, or written to it. */
  readonly spend: (units: number) => void
}
