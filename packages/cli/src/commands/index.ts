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
    name: 'new',
    summary: 'Make a plugin project',
    load: async () => (await import('./new.js')).newCommand,
  },
  {
    name: 'build',
    summary: 'Build the plugin project in a folder',
    load: async () => (await import('./build.js')).buildCommand,
  },
  {
    name: 'test',
    summary: 'Build the plugin project in a folder and run its tests',
    load: async () => (await import('./test.js')).testCommand,
  },
  {
    name: 'validate',
    summary: 'Compare a plugin with the contract it is meant for',
    load: async () => (await import('./validate.js')).validateCommand,
  },
  {
    name: 'inspect',
    summary: 'Show what a plugin imports, exports and asks for',
    load: async () => (await import('./inspect.js')).inspectCommand,
  },
  {
    name: 'grants',
    summary: 'Show what a plugin asks for, or what a new version asks for that the old did not',
    load: async () => (await import('./grants.js')).grantsCommand,
  },
  {
    name: 'run',
    summary: 'Call one function of a plugin',
    load: async () => (await import('./run.js')).runCommand,
  },
  {
    name: 'types',
    summary: 'Write the TypeScript types of a contract, for the application',
    load: async () => (await import('./types.js')).typesCommand,
  },
  {
    name: 'bindings',
    summary: "Write a contract's bindings for a plugin with a build of its own",
    load: async () => (await import('./bindings.js')).bindingsCommand,
  },
  {
    name: 'doctor',
    summary: 'Say which languages can be built here, and what is missing',
    load: async () => (await import('./doctor.js')).doctorCommand,
  },
]
