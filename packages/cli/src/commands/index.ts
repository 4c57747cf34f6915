import type { AnyCommand } from '../command.js'

interface CommandEntry {
  readonly name: string
  readonly summary: string
  /** Where the list of all commands has it. */
  readonly group: 'project' | 'registry'
  /** Loads the command when it is used; `--help` must not pay for a compiler. */
  load(): Promise<AnyCommand>
}

/** Every command, in the order of a plugin's life. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'new',
    summary: 'Make a plugin project',
    group: 'project',
    load: async () => (await import('./new.js')).newCommand,
  },
  {
    name: 'build',
    summary: 'Build the plugin project in a folder',
    group: 'project',
    load: async () => (await import('./build.js')).buildCommand,
  },
  {
    name: 'test',
    summary: 'Build the plugin project in a folder and run its tests',
    group: 'project',
    load: async () => (await import('./test.js')).testCommand,
  },
  {
    name: 'dev',
    summary: 'Build and test a plugin project after every change, beside an application that takes it in',
    group: 'project',
    load: async () => (await import('./dev.js')).devCommand,
  },
  {
    name: 'validate',
    summary: 'Compare a plugin with the contract it is meant for',
    group: 'project',
    load: async () => (await import('./validate.js')).validateCommand,
  },
  {
    name: 'inspect',
    summary: 'Show what a plugin imports, exports and asks for',
    group: 'project',
    load: async () => (await import('./inspect.js')).inspectCommand,
  },
  {
    name: 'grants',
    summary: 'Show what a plugin asks for, or what a new version asks for that the old did not',
    group: 'project',
    load: async () => (await import('./grants.js')).grantsCommand,
  },
  {
    name: 'run',
    summary: 'Call one function of a plugin',
    group: 'project',
    load: async () => (await import('./run.js')).runCommand,
  },
  {
    name: 'serve',
    summary: 'Serve plugins that answer HTTP requests',
    group: 'project',
    load: async () => (await import('./serve.js')).serveCommand,
  },
  {
    name: 'publish',
    summary: 'Publish a plugin to a registry or a folder',
    group: 'registry',
    load: async () => (await import('./registry/publish.js')).publishCommand,
  },
  {
    name: 'install',
    summary: 'Install plugins by name and range, or fetch what the lock file has',
    group: 'registry',
    load: async () => (await import('./registry/install.js')).installCommand,
  },
  {
    name: 'uninstall',
    summary: 'Take a plugin out of the lock file',
    group: 'registry',
    load: async () => (await import('./registry/uninstall.js')).uninstallCommand,
  },
  {
    name: 'list',
    summary: 'Show what is installed here',
    group: 'registry',
    load: async () => (await import('./registry/list.js')).listCommand,
  },
  {
    name: 'outdated',
    summary: 'Show which installed plugins have newer versions, and what those ask for',
    group: 'registry',
    load: async () => (await import('./registry/outdated.js')).outdatedCommand,
  },
  {
    name: 'update',
    summary: 'Bring installed plugins to the newest version of their ranges',
    group: 'registry',
    load: async () => (await import('./registry/update.js')).updateCommand,
  },
  {
    name: 'verify',
    summary: 'Check signatures: of a version, of a file, or of all that is installed',
    group: 'registry',
    load: async () => (await import('./registry/verify.js')).verifyCommand,
  },
  {
    name: 'search',
    summary: 'Show the versions of a plugin, with contract and what they ask for',
    group: 'registry',
    load: async () => (await import('./registry/search.js')).searchCommand,
  },
  {
    name: 'keygen',
    summary: 'Make a pair of keys for signatures',
    group: 'registry',
    load: async () => (await import('./registry/keygen.js')).keygenCommand,
  },
  {
    name: 'sign',
    summary: 'Sign a published version, or a component that is passed on as a file',
    group: 'registry',
    load: async () => (await import('./registry/sign.js')).signCommand,
  },
  {
    name: 'yank',
    summary: 'Withdraw a published version, signed',
    group: 'registry',
    load: async () => (await import('./registry/yank.js')).yankCommand,
  },
  {
    name: 'mirror',
    summary: 'Copy a version with its signatures to another registry or folder',
    group: 'registry',
    load: async () => (await import('./registry/mirror.js')).mirrorCommand,
  },
  {
    name: 'k8s',
    summary: 'Write what runs a published plugin in Kubernetes',
    group: 'registry',
    load: async () => (await import('./registry/k8s.js')).k8sCommand,
  },
  {
    name: 'wit',
    summary: 'Publish a WIT package, or fetch those that a project uses',
    group: 'registry',
    load: async () => (await import('./registry/wit.js')).witCommand,
  },
  {
    name: 'registry',
    summary: 'Say where the plugins of a namespace are, or show it',
    group: 'registry',
    load: async () => (await import('./registry/registry.js')).registryCommand,
  },
  {
    name: 'login',
    summary: 'Keep a user name and a password for a registry, once it has taken them',
    group: 'registry',
    load: async () => (await import('./registry/login.js')).loginCommand,
  },
  {
    name: 'logout',
    summary: 'Forget the password that is kept for a registry',
    group: 'registry',
    load: async () => (await import('./registry/logout.js')).logoutCommand,
  },
  {
    name: 'types',
    summary: 'Write the TypeScript types of a contract, for the application',
    group: 'project',
    load: async () => (await import('./types.js')).typesCommand,
  },
  {
    name: 'bindings',
    summary: "Write a contract's bindings for a plugin with a build of its own",
    group: 'project',
    load: async () => (await import('./bindings.js')).bindingsCommand,
  },
  {
    name: 'doctor',
    summary: 'Say which languages can be built here, and what is missing',
    group: 'project',
    load: async () => (await import('./doctor.js')).doctorCommand,
  },
]
