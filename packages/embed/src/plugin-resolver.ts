/**
 * Who finds plugins by their names, `acme:render@^1.2`, and gives their bytes: what `createRegistry` of
 * `@wasm-plugin/registry` makes, or anything else that does this.
 */
export interface PluginResolver {
  resolve(reference: string, wanted: WantedPlugin): Promise<ResolvedPlugin>
}

/** What the application can work with: a version that needs more, or has less, does not fit. */
export interface WantedPlugin {
  /** Names of the interfaces and functions that the application provides, besides those of WASI. */
  readonly imports: readonly string[]
  /** Names of those that it needs the plugin to export. */
  readonly exports: readonly string[]
  /** Aborted when the load is given up, or takes too long. */
  readonly signal: AbortSignal
}

export interface ResolvedPlugin {
  readonly bytes: Uint8Array
  /** `acme:render`, for a plugin whose manifest names none. */
  readonly name: string
  /** Who signed it, in words for a person; none of what nobody signed. */
  readonly signer?: string | undefined
}
