import type { BuildSettings, LanguageOutput } from '../build/settings.js'
import type { LoadWorldOptions } from '../world/load.js'
import type { World } from '../world/world.js'
import type { ProjectFiles } from './project-files.js'

/** Everything that differs between the languages of plugins. Heavy modules are loaded when a method needs them. */
export interface LanguageSupport {
  /** What `owns` looks for, for the message when no language has it: `a Cargo.toml`. */
  readonly mark: string
  /** Whether a project whose manifest names no language is in this one. */
  owns(project: ProjectFiles): boolean
  /** Compiles a project and makes a component of it. */
  build(settings: BuildSettings): Promise<LanguageOutput>
  /** Source files with everything a world asks for and nothing in it yet, by path beside the entry file; they compile. */
  stubs(world: World): Promise<ReadonlyMap<string, string>>
  /** Generates bindings for a build of somebody's own; or says where they come from, as a sentence. */
  readonly bindings: ((request: BindingsRequest) => Promise<Bindings>) | string
}

/** Generated sources for a build of somebody's own. */
export interface Bindings {
  /** World id, as `acme:site/renderer@0.1.0`. */
  readonly world: string
  /** By path below the folder that they go in. */
  readonly files: ReadonlyMap<string, string | Uint8Array>
  /** What to do with them, one step per line: commands to copy, sentences. */
  readonly next: readonly string[]
}

export interface BindingsRequest extends LoadWorldOptions {
  /** Folder of the generated files, as the commands of `next` are to name it. */
  readonly out: string
}
