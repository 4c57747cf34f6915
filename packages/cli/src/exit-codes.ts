/** How the process ends; documented in `wasm-plugin help exit-codes`. */
export const exitCodes = {
  ok: 0,
  /** The command ran and the answer is no: a build error, a trap, a denial, a contract that does not fit. */
  failed: 1,
  /** What the command was given makes no sense: its words, a path to nothing, a file of the project. */
  usage: 2,
  /** A defect of wasm-plugin itself (EX_SOFTWARE of sysexits.h). */
  internal: 70,
  /** Ctrl-C, or ended by a signal: 128 + SIGINT for all of them. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
