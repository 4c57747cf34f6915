import type { AccessEvent } from '@wasm-plugin/wasi'

/** What a plugin used of one rule of its scope. */
export interface UsesOfRule {
  /** Text of the rule. */
  readonly rule: string
  /** By operation and target, each once. */
  readonly uses: Map<string, UseOfRule>
  /** Some use was more than looking. */
  writes: boolean
}

export type UseOfRule = Pick<AccessEvent, 'operation' | 'target'>

/** Takes a use that no rule can name. */
export type LeaveOut = (use: UseOfRule, reason: string) => void

/** Operations on files that only look, and those among them that may be about a directory itself. */
export const READS: ReadonlySet<string> = new Set(['open', 'stat', 'readdir', 'readlink'])
export const OF_DIRECTORY: ReadonlySet<string> = new Set(['open', 'stat', 'readdir'])

/** The folder that a path of the plugin is in. */
export function folderOf(at: string): string {
  return at.slice(0, at.lastIndexOf('/')) || '/'
}
