import type { AnyCommand } from '../command.js'

interface CommandEntry {
  readonly name: string
  readonly summary: string
  /** Loads the command when it is used; `--help` must not pay for a compiler. */
  load(): Promise<AnyCommand>
}

/** Every command, in the order of a plugin's life. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'doctor',
    summary: 'Say which languages can be built here, and what is missing',
    load: async () => (await import('./doctor.js')).doctorCommand,
  },
]
