import path from 'node:path'
import type { BuildMode } from '@wasm-plugin/sdk'
import { defineCommand } from '../command.js'
import { engineNames, isEngineName } from '../languages/languages.js'
import type { BuildCommandResult } from '../project/build-project.js'
import { buildProject } from '../project/build-project.js'
import { ORIGINS } from '../project/settings.js'
import { withContract } from '../registry/contract.js'
import { renderBuild } from '../render/build.js'
import { watchBuilds } from '../watch/watch-builds.js'

const MODES: readonly BuildMode[] = ['release', 'size', 'speed', 'debug']

export const buildCommand = defineCommand({
  name: 'build',
  summary: 'Build the plugin project in a folder',
  examples: [
    ['wasm-plugin build', 'the project in this folder'],
    ['wasm-plugin build plugins/hello', 'the project in another'],
    ['wasm-plugin build --mode debug --watch', 'quick, with source positions, again after every change'],
    ['wasm-plugin build --watch --json', 'a line of JSON for each build'],
    ['wasm-plugin build --host ../app/wit', 'only if that application will take it'],
  ],
  arguments: {
    dir: { kind: 'optional', description: 'the project folder (default: this folder)' },
  },
  options: {
    mode: {
      kind: 'value',
      value: 'mode',
      choices: MODES,
      description: 'release, size, speed or debug (default: release)',
    },
    watch: { kind: 'flag', short: 'w', description: 'build again when a source changes, until Ctrl-C' },
    host: {
      kind: 'value',
      value: 'contract',
      description: "the application's contract, which the plugin has to fit (default: the manifest's)",
    },
    engine: {
      kind: 'value',
      value: 'engine',
      choices: engineNames,
      description: "JavaScript and TypeScript: starling or qjs, in place of the project's",
    },
    toolchain: {
      kind: 'value',
      value: 'origin',
      choices: ORIGINS,
      description: "C and C++: packaged is the project's clang, system is this machine's (default: packaged)",
    },
    'no-project-code': {
      kind: 'flag',
      description: 'refuse a project that would run code of its own while it is built',
    },
  },

  notes: [
    'Building runs code of the project, as cargo and npm do: transforms, build scripts, macros, its compilers.',
  ],

  async run(context, input): Promise<BuildCommandResult> {
    const dir = path.resolve(context.cwd, input.dir ?? '.')
    const toolchain = ORIGINS.find((origin) => origin === input.toolchain)
    const mode = MODES.find((name) => name === input.mode) ?? 'release'
    const engine = isEngineName(input.engine) ? input.engine : undefined
    const request = { dir, mode, engine, toolchain, projectCode: !input['no-project-code'] }
    const buildFor = (host: string | undefined) =>
      input.watch
        ? watchBuilds(context, { ...request, host })
        : buildProject(context, { ...request, host, onStep: context.progress.status })
    return await (input.host === undefined
      ? buildFor(undefined)
      : withContract(context, { wit: input.host }, buildFor))
  },

  render: renderBuild,
  raw: ['warnings'],
  goesOn: ({ watch }) => watch,
})
