import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { InstalledPackage } from '../installed.js'

/** The part of esbuild's API that the build uses; each project brings its own esbuild. */
export interface Esbuild {
  build(
    options: Readonly<Record<string, unknown>> & { plugins: readonly EsbuildPlugin[] },
  ): Promise<BuildResult>
}

export interface BuildResult {
  readonly outputFiles: readonly OutputFile[]
  readonly warnings: readonly Message[]
  readonly metafile: {
    readonly inputs: Readonly<Record<string, unknown>>
    readonly outputs: Readonly<Record<string, Output>>
  }
}

export interface OutputFile {
  readonly path: string
  readonly text: string
}

interface Output {
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>
  readonly imports: readonly { readonly path: string }[]
}

export interface Message {
  readonly id: string
  readonly text: string
  readonly notes: readonly { readonly text: string }[]
  /** Line is 1-based, column 0-based. */
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null
}

export interface EsbuildPlugin {
  readonly name: string
  setup(build: PluginBuild): void
}

interface PluginBuild {
  onResolve(
    options: { filter: RegExp },
    resolve: (args: { path: string; importer: string; namespace: string }) => Resolved | undefined,
  ): void
  onLoad(
    options: { filter: RegExp; namespace: string },
    load: (args: { path: string }) => { contents: string; resolveDir: string },
  ): void
}

interface Resolved {
  readonly path?: string
  readonly namespace?: string
  readonly external?: boolean
  readonly sideEffects?: boolean
  readonly errors?: readonly { readonly text: string }[]
}

export async function loadEsbuild({ root }: InstalledPackage): Promise<Esbuild> {
  return (await import(pathToFileURL(join(root, 'lib/main.js')).href)) as Esbuild
}
