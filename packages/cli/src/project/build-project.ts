import { type BuildMode, type BuildResult, build, type JavaScriptEngine } from '@wasm-plugin/sdk'
import type { Context } from '../command.js'
import { relativeTo } from '../output/paths.js'
import { readPackageMetadata } from './package-metadata.js'
import { readProject } from './project.js'
import type { Origin } from './settings.js'

export interface BuildCommandResult extends BuildResult {
  readonly name: string
  /** The component and the project, as seen from the folder in which the command ran. */
  readonly relativePath: string
  readonly dir: string
}

/** What a build shows of its steps. */
export type OnStep = (verb: string, object: string) => void

export interface BuildRequest {
  readonly dir: string
  readonly mode: BuildMode
  /** In place of the manifest's. */
  readonly engine?: JavaScriptEngine | undefined
  readonly toolchain?: Origin | undefined
  /** Relative to `dir`, or absolute. */
  readonly host?: string | undefined
  /** Whether code of the project may run. @default true */
  readonly projectCode?: boolean | undefined
  readonly onStep: OnStep
}

/**
 * Builds the project in a folder as its manifest says.
 *
 * @throws {NO_PROJECT | MANIFEST_NOT_JSON | MANIFEST_INVALID | INVALID_BUILD_SETTING} and what `build` of the SDK throws
 */
export async function buildProject(
  { cwd }: Pick<Context, 'cwd'>,
  { dir, mode, engine, toolchain, host, projectCode, onStep }: BuildRequest,
): Promise<BuildCommandResult> {
  const { manifest, build: settings } = await readProject(dir)
  const built = await build({
    dir,
    name: manifest.name,
    ...settings,
    manifestBytes: new TextEncoder().encode(JSON.stringify(manifest)),
    declaredWorld: manifest.world,
    metadata: {
      version: manifest.version,
      description: manifest.description,
      ...(await readPackageMetadata(dir)),
    },
    mode,
    engine: engine ?? settings.engine,
    toolchain: toolchain ?? settings.toolchain,
    host: host ?? settings.host,
    projectCode,
    onProgress: ({ step, message }) => onStep(VERBS[step], withoutVerb(message)),
  })
  return {
    ...built,
    name: manifest.name,
    relativePath: relativeTo(cwd, built.path),
    dir: relativeTo(cwd, dir),
  }
}

/** Status verbs by step of the build, in cargo's rhythm. */
const VERBS = {
  world: 'Reading',
  bindings: 'Generating',
  compile: 'Compiling',
  component: 'Linking',
  write: 'Writing',
}

/** The SDK says `compiling assembly/index.ts`; the status line has the verb in a column of its own. */
function withoutVerb(message: string): string {
  return message.replace(/^[a-z]+(?:ing|ed) /, '')
}
