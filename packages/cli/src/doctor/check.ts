/** One thing that a language needs. */
export interface Check {
  readonly name: string
  readonly ok: boolean
  /** Version and place of what was found, or why it does not do. */
  readonly found: string
  /** The one command that helps; null when nothing is missing. */
  readonly fix: string | null
}

/** Where a language is looked for. */
export interface Place {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder that is asked about, and the language of the plugin project in it, if it is one. */
  readonly folder: string
  readonly project: string | null
}

export interface LanguageReport {
  readonly language: string
  /** Plugins in this language can be built here. */
  readonly ready: boolean
  readonly checks: readonly Check[]
}

export function reportOn(language: string, checks: readonly Check[]): LanguageReport {
  return { language, ready: checks.every((check) => check.ok), checks }
}

export const present = (name: string, found: string): Check => ({ name, ok: true, found, fix: null })
export const missing = (name: string, found: string, fix: string): Check => ({ name, ok: false, found, fix })
