/** How far a plugin is read, from wherever it comes. */
export interface ReadOptions {
  readonly maxBytes: number
  /** Milliseconds that a transfer may take. */
  readonly timeoutMs: number
  readonly integrity: string | undefined
  /** Aborted with the error that reading fails with. */
  readonly ending: AbortSignal
}
