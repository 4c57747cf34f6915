/** `wasi:cli/terminal-*`: no plugin ever has a terminal. */
class TerminalInput {}
class TerminalOutput {}

export const terminalInput = Object.freeze({ TerminalInput })
export const terminalOutput = Object.freeze({ TerminalOutput })
export const terminalStdin = Object.freeze({ getTerminalStdin: (): TerminalInput | undefined => undefined })
export const terminalStdout = Object.freeze({
  getTerminalStdout: (): TerminalOutput | undefined => undefined,
})
export const terminalStderr = Object.freeze({
  getTerminalStderr: (): TerminalOutput | undefined => undefined,
})
