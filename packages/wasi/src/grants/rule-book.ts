/** The rules of one grant set, in canonical text. */
export class RuleBook {
  readonly rules: string[] = []
  /** Those that do not hold, because the manifest asks for nothing of the kind. */
  readonly unasked: string[] = []

  /** The id of a rule. */
  add(text: string): number {
    return this.rules.push(text) - 1
  }
}
