/** What the process of the compiler is asked. */
export interface AscRequest {
  /** Folder of the project; the names of files are relative to it. */
  readonly dir: string
  readonly args: readonly string[]
  /** A library folder that exists only for this request, and its one file `bindings/dom.ts`. */
  readonly library: { readonly dir: string; readonly text: string }
  /** Whether transforms that a configuration names may run. */
  readonly projectCode: boolean
}

/** Its answer, in the order of the requests. */
export interface AscReply {
  /** What it wrote, by name. */
  readonly written: ReadonlyMap<string, Uint8Array>
  readonly diagnostics: readonly RawDiagnostic[]
  readonly output: string
  /** Message of the error that ended it. */
  readonly error: string | null
  /** The configuration that names transforms which may not run. */
  readonly refused: string | null
  /** State of every file that it asked for. Null: it loaded other code, which may read anything. */
  readonly trace: ReadonlyMap<string, string> | null
}

export interface RawDiagnostic {
  readonly code: number
  /** 0 pedantic, 1 info, 2 warning, 3 error. */
  readonly category: number
  readonly message: string
  readonly range: RawRange | null
}

export interface RawRange {
  readonly start: number
  readonly end: number
  /** Path relative to the project. */
  readonly source: { readonly normalizedPath: string }
}
