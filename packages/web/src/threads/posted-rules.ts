import type { ThreadSpec } from '@wasm-plugin/embed'
import type { RulesNow } from './messages.js'

/** Keeps a thread up to date about the rules that shares no memory with the page. */
export class PostedRules {
  readonly #spec: Pick<ThreadSpec, 'rules' | 'latest'>
  readonly #post: (rules: RulesNow) => void
  /** The version that it has. */
  #version: number | undefined
  /** It has started: before that, it hears of nothing. */
  #isReady = false
  readonly end: () => void

  constructor(spec: Pick<ThreadSpec, 'rules' | 'latest'>, post: (rules: RulesNow) => void) {
    this.#spec = spec
    this.#post = post
    this.end = spec.rules.onChange(() => {
      if (this.#isReady) this.#tell()
    })
  }

  /** What it is started with. */
  first(): Required<RulesNow> {
    const latest = this.#spec.latest()
    this.#version = latest.version
    return { heard: this.#spec.rules.heard(), latest }
  }

  ready(): void {
    this.#isReady = true
    this.#tell()
  }

  /** Grants may have files with them, so those that it has are not sent again. */
  #tell(): void {
    const known = this.#version
    const { heard, latest } = this.first()
    this.#post(latest.version === known ? { heard } : { heard, latest })
  }
}
