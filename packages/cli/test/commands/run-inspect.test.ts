import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { DebuggerClient } from '../helpers/debugger-client.js'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
const PLUGIN = fileURLToPath(
  new URL('../../../../examples/assemblyscript-plugin/dist/insights.wasm', import.meta.url),
)
const DOCUMENT = '{"path": "a.md", "markdown": "one two"}'

it.skipIf(!existsSync(PLUGIN))(
  'run --inspect stops before the call, when the plugin can be looked at',
  async () => {
    // A port of its own, since others may be debugged on this machine.
    const args = [
      '--inspect-brk=127.0.0.1:0',
      BIN,
      'run',
      PLUGIN,
      'analyze',
      DOCUMENT,
      '[]',
      '--inspect',
      '--json',
    ]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let [stdout, stderr] = ['', '']
    let client: DebuggerClient | undefined
    try {
      const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
      child.stdout.on('data', (text) => {
        stdout += text
      })
      const address = new Promise<string>((resolve) => {
        child.stderr.on('data', (text) => {
          stderr += text
          const [, url] = /^Debugger listening on (ws:.*)$/m.exec(stderr) ?? []
          if (url !== undefined) resolve(url)
          // Node stays until it is left.
          if (stderr.includes('Waiting for the debugger to disconnect')) client?.close()
        })
      })
      const scripts: { readonly debugSymbols?: unknown; readonly sourceMapURL?: string }[] = []
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
          if (message.method === 'Debugger.scriptParsed') scripts.push(message.params)
        } else if (method === 'Debugger.paused') {
          if (params.reason === 'Break on start') void client?.send('Debugger.resume')
          else stopped()
        }
      })
      await client.send('Debugger.enable')
      await client.send('NodeWorker.enable', { waitForDebuggerOnStart: true })
      await client.send('Runtime.runIfWaitingForDebugger')
      await isStopped
      expect(stdout).toBe('')
      const symbols = scripts.map(({ debugSymbols }) => JSON.stringify(debugSymbols ?? null))
      expect(symbols.some((each) => each.includes('SourceMap'))).toBe(true)
      await client.send('Debugger.resume')
      expect(await exited).toBe(0)
      expect(JSON.parse(stdout).result.value).toMatchObject({ words: 2 })
    } finally {
      client?.close()
      child.kill('SIGKILL')
    }
  },
)
