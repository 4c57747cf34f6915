/** A capability of the application's own: functions that a plugin may use as far as the rules of its grants allow. */
export interface Capability {
  /** In small letters, such as `mail`: its grants are `app: { mail: […] }`, and its rules `app.mail …`. */
  readonly name: string
  /** What is wrong about a rule in a grant; undefined when nothing is. @default every text is a rule */
  checkRule?(rule: string): string | undefined
  /** Whether a rule allows a use. */
  matches(rule: string, use: CapabilityUse): boolean
  /** The functions for one plugin, by interface, as `imports` has them. Called once for each load and `inspect`. */
  imports(may: MayUse): Record<string, unknown>
}

export interface CapabilityUse {
  /** A word for what is about to be done: `send`. */
  readonly operation: string
  /** What it is done to: `ada@acme.example`. */
  readonly target: string
}

/** Decides about a use, and reports the decision. What follows from a no is the function's: the contract has an error for it. */
export type MayUse = (operation: string, target: string) => boolean
