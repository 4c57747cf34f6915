import type { Producers } from '../wasm/producers.js'

/** The name of a language in a manifest's `build.language`. */
export type Language = 'rust' | 'assemblyscript' | 'ts' | 'js' | 'c' | 'cpp' | 'wat'

/** What to build, from the project's manifest. Paths are relative to `dir`. */
export interface BuildSettings {
  /** Folder of the project. */
  readonly dir: string
  /** Name of the plugin; names the file in `dist/`. */
  readonly name: string
  /** Found from the project's files when left out. */
  readonly language?: Language | undefined
  /** A .wit file or the folder of one WIT package. */
  readonly wit: string
  readonly world?: string | undefined
  /** Features of the WIT whose `@unstable` items are wanted. @default none */
  readonly features?: readonly string[] | undefined
  /**
   * The contract of the application that the plugin is for, where `wit` is a copy or a version of it: a component that
   * this application would refuse is not written.
   */
  readonly host?: string | undefined
  /**
   * The file that exports what the world asks for, where the language's own tool does not name it.
   * @default 'assembly/index.ts' (AssemblyScript), 'src/index.js', 'src/index.ts', 'src/plugin.wat'
   */
  readonly entry?: string | undefined
  /**
   * JavaScript and TypeScript: the engine that is built into the component. Without one, the one that the project
   * depends on, `starling` before `qjs`.
   */
  readonly engine?: JavaScriptEngine | undefined
  /** C and C++: files, and folders that are searched for them, below `dir`. @default ['src'] */
  readonly sources?: readonly string[] | undefined
  /** C and C++: folders of headers, below `dir`. `src` is one of them. */
  readonly include?: readonly string[] | undefined
  /** C and C++: arguments of the compiler; `-Wl,…` and `-l…` are for the linker. */
  readonly flags?: readonly string[] | undefined
  /** C and C++: the compiler that the project depends on, or one of this machine. @default 'packaged' */
  readonly toolchain?: 'packaged' | 'system' | undefined
  /** C and C++: the generator that comes along, or the `wit-bindgen` in PATH. @default 'packaged' */
  readonly bindings?: 'packaged' | 'system' | undefined
  /**
   * Whether code that the project brings may run while it is built: transforms of the compiler, build scripts, macros,
   * compilers in its `node_modules`. With false such a project is refused, and tools are those beside this package.
   * @default true
   */
  readonly projectCode?: boolean | undefined
  /** The manifest as it is embedded in the component. */
  readonly manifestBytes?: Uint8Array | undefined
  /** The world that the manifest says, which people are shown: a component of another is not written. */
  readonly declaredWorld?: string | undefined
  /** Standard metadata of the component. */
  readonly metadata?: ComponentMetadata | undefined
  /**
   * `release` optimises for size and keeps the checks; `size` gives up checks and takes the smaller collector; `speed`
   * optimises for speed; `debug` does not optimise and keeps names and source positions. @default 'release'
   */
  readonly mode?: BuildMode | undefined
  /** Hears what the build is doing. */
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined
}

/** `starling` is StarlingMonkey: complete, and 12 MB. `qjs` is QuickJS: 1.1 MB, without timers, fetch and waiting. */
export type JavaScriptEngine = 'starling' | 'qjs'

export type BuildMode = 'release' | 'size' | 'speed' | 'debug'

export interface ComponentMetadata {
  readonly version?: string | undefined
  readonly description?: string | undefined
  readonly authors?: string | undefined
  /** SPDX expression. */
  readonly licenses?: string | undefined
  /** URL of the source repository. */
  readonly source?: string | undefined
  readonly homepage?: string | undefined
  /** The commit that the component is built from. Never found out: equal sources shall give equal bytes. */
  readonly revision?: string | undefined
}

export interface BuildProgress {
  readonly step: 'world' | 'bindings' | 'compile' | 'component' | 'write'
  /** A sentence for people: `compiling assembly/index.ts`. */
  readonly message: string
}

export interface BuildResult {
  readonly language: Language
  /** World id, as `acme:site/renderer@0.1.0`. */
  readonly world: string
  /** Absolute path of the component. */
  readonly path: string
  readonly size: number
  readonly ms: number
  /** What the compiler had to say about a build that worked. */
  readonly warnings: readonly string[]
  /** Unstable features of the WIT whose items the plugin does without. */
  readonly leftOut: readonly string[]
  /** Absolute path of the source map, where the language's compiler makes one. */
  readonly sourceMap: string | null
  /** Absolute path of the component with its debug information, where that is not in the component itself. */
  readonly debugFile: string | null
}

/** What a language's pipeline hands back before the metadata is added. */
export interface LanguageOutput {
  readonly component: Uint8Array
  readonly world: string
  readonly warnings: readonly string[]
  /** Whether the names of functions are left out of a build that is not for debugging. @default false */
  readonly stripsNames?: boolean
  /** Version 3; columns are byte offsets in the first core module of the component. */
  readonly sourceMap?: string | null
  /** Tools that made it and do not say so themselves. */
  readonly producers?: Producers
  /** What the language's own manifest says; the settings come first. */
  readonly metadata?: ComponentMetadata
}
