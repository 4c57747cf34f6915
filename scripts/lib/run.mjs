import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { root } from './paths.mjs'

/** A command that failed. `output` is what it wrote, when that was captured. */
export class CommandFailed extends Error {
  constructor(command, args, { code, output }) {
    super(`${[command, ...args].join(' ')} ended with ${code}${output ? `\n${output.trimEnd()}` : ''}`)
    this.name = 'CommandFailed'
    this.code = code
    this.output = output
  }
}

/**
 * Runs a command to its end and gives what it wrote to stdout.
 *
 * `show` passes its output through to stderr as it comes, with `onLine` line by line to that; otherwise it is kept, and
 * shown when the command fails.
 */
export function run(command, args, { cwd = root, env = {}, show = false, onLine, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', show ? 2 : 'pipe', show ? 2 : 'pipe'],
      timeout: timeoutMs,
    })
    if (onLine !== undefined) {
      for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine)
    }
    let stdout = ''
    let output = ''
    child.stdout?.on('data', (chunk) => {
      stdout += chunk
      output += chunk
    })
    child.stderr?.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', (error) => reject(new CommandFailed(command, args, { code: error.code, output })))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout)
      else reject(new CommandFailed(command, args, { code: code ?? signal, output }))
    })
  })
}

/** Whether a command runs and succeeds. */
export function succeeds(command, args, options) {
  return run(command, args, options).then(
    () => true,
    () => false,
  )
}

/** Runs `main` and turns a failure into one message and exit code 1. */
export async function script(main) {
  try {
    await main()
  } catch (error) {
    process.stderr.write(`\n${error instanceof CommandFailed ? error.message : error.stack}\n`)
    process.exitCode = 1
  }
}
