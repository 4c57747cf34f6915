import { spawn } from 'node:child_process'
import { DebuggerClient } from './debugger-client.js'

export interface DebuggedRun {
  readonly exitCode: number | null
  /** What it had written when it stopped before the call. */
  readonly before: string
  readonly stdout: string
  /** The debug information of each script of its threads, as JSON of the inspector's protocol. */
  readonly symbols: readonly string[]
}

/** Runs a script of Node under a debugger, which goes on where it stops. */
export async function runDebugged(
  script: readonly string[],
  cwd: string = process.cwd(),
): Promise<DebuggedRun> {
  // A port of its own, since others may be debugged on this machine.
  const args = ['--inspect-brk=127.0.0.1:0', ...script]
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  let client: DebuggerClient | undefined
  try {
    const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
    child.stdout.on('data', (text) => {
      stdout += text
    })
    const address = new Promise<string>((resolve, reject) => {
      child.on('exit', () => reject(new Error(stderr)))
      child.stderr.on('data', (text) => {
        stderr += text
        const [, url] = /^Debugger listening on (ws:.*)$/m.exec(stderr) ?? []
        if (url !== undefined) resolve(url)
        // Node stays until it is left.
        if (stderr.includes('Waiting for the debugger to disconnect')) client?.close()
      })
    })
    const symbols: string[] = []
    const inWorker = (sessionId: string, method: string) =>
      client?.send('NodeWorker.sendMessageToWorker', {
        sessionId,
        message: JSON.stringify({ id: 1, method }),
      })
    let stopped = () => {}
    const isStopped = new Promise<void>((resolve) => {
      stopped = resolve
    })
    client = await DebuggerClient.connect(await address, ({ method, params }) => {
      if (method === 'NodeWorker.attachedToWorker') {
        void inWorker(params.sessionId, 'Debugger.enable')
        void inWorker(params.sessionId, 'Runtime.runIfWaitingForDebugger')
      } else if (method === 'NodeWorker.receivedMessageFromWorker') {
        const message = JSON.parse(params.message)
        if (message.method === 'Debugger.scriptParsed')
          symbols.push(JSON.stringify(message.params.debugSymbols ?? null))
      } else if (method === 'Debugger.paused') {
        if (params.reason === 'Break on start') void client?.send('Debugger.resume')
        else stopped()
      }
    })
    await client.send('Debugger.enable')
    await client.send('NodeWorker.enable', { waitForDebuggerOnStart: true })
    await client.send('Runtime.runIfWaitingForDebugger')
    await Promise.race([isStopped, exited.then(() => Promise.reject(new Error(stderr)))])
    const before = stdout
    await client.send('Debugger.resume')
    return { exitCode: await exited, before, stdout, symbols }
  } finally {
    client?.close()
    child.kill('SIGKILL')
  }
}
