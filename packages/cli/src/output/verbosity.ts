import type { ColorWhen } from './style.js'

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly color: ColorWhen
}
