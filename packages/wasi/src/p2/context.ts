import type { Gate } from '../grants/gate.js'
import type { InstancePorts } from '../ports.js'
import type { AnswerPiece } from '../protocol/program.js'
import type { ServiceCaller } from '../protocol/service-map.js'

/** Everything the WASI of one instance needs of its surroundings. */
export interface WasiContext {
  readonly plugin: string
  /** Decides every use, by the grants that it has. */
  readonly gate: Gate
  readonly ports: InstancePorts
  /** The host's thread; what is asynchronous happens there. */
  readonly services: ServiceCaller
  /** One line that the plugin wrote to stdout, stderr or `wasi:logging`. */
  log(event: LogLine): void
  /**
   * Sends what the plugin answers to the request that it was given last, or writes as the program that it is.
   *
   * @default no request is ever given to it, and it is not run as a program
   */
  readonly respond?: (piece: AnswerPiece) => void
  /** Sends what `respond` keeps. @default nothing is kept */
  readonly flush?: () => void
  /** Longest wait in one go; set it where the plugin shares the application's thread. @default no limit */
  readonly maxWaitMs?: number
  /** Called between the steps of what may take long; what it throws ends the instance. @default nothing */
  readonly pause?: () => void
  /** Takes fuel for what its functions do beside being called; what it throws ends the instance. @default nothing */
  readonly spend?: (units: number) => void
}

/** A line of text without control characters, ready for any log. */
export interface LogLine {
  readonly plugin: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly stream: 'stdout' | 'stderr' | 'log'
  readonly message: string
}
