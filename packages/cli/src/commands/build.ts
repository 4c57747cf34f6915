import path from 'node:path'
import { type BuildMode, build } from '@wasm-plugin/sdk'
import { defineCommand } from '../command.js'
import { relativeTo } from '../output/paths.js'
import { readPackageMetadata } from '../project/package-metadata.js'
import { readProject } from '../project/project.js'
import { type BuildCommandResult, renderBuild } from '../render/build.js'

const MODES: readonly BuildMode[] = ['release', 'size', 'speed', 'debug']

/** Status verbs by step of the build, in cargo's rhythm. */
const VERBS = {
  world: 'Reading',
  bindings: 'Generating',
  compile: 'Compiling',
  component: 'Linking',
  write: 'Writing',
}

export const buildCommand = defineCommand({
  name: 'build',
  summary: 'Build the plugin project in a folder',
  examples: [
    ['wasm-plugin build', 'the project in this folder'],
    ['wasm-plugin build plugins/hello', 'the project in another'],
    ['wasm-plugin build --mode debug', 'quick, with names and source positions'],
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
  },

  async run(context, input): Promise<BuildCommandResult> {
    const dir = path.resolve(context.cwd, input.dir ?? '.')
    const { manifest, build: settings } = await readProject(dir)
    const built = await build({
      dir,
      name: manifest.name,
      ...settings,
      manifestBytes: new TextEncoder().encode(JSON.stringify(manifest)),
      metadata: {
        version: manifest.version,
        description: manifest.description,
        ...(await readPackageMetadata(dir)),
      },
      mode: MODES.find((mode) => mode === input.mode) ?? 'release',
      onProgress: ({ step, message }) => context.progress.status(VERBS[step], withoutVerb(message)),
    })
    return {
      ...built,
      name: manifest.name,
      relativePath: relativeTo(context.cwd, built.path),
      dir: relativeTo(context.cwd, dir),
    }
  },

  render: renderBuild,
})

/** The SDK says `compiling assembly/index.ts`; the status line has the verb in a column of its own. */
function withoutVerb(message: string): string {
  return message.replace(/^[a-z]+(?:ing|ed) /, '')
}
