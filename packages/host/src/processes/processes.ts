import type { ChildProcess } from 'node:child_process'
import { parse } from 'node:path'
import { errors, type ProcessPort, type StartThread, type ThreadSpec } from '@wasm-plugin/embed'
import { builtIn } from '../node/built-in.js'
import { processEntry, threadEntry } from '../worker-url.js'
import { flagsFor } from './flags.js'
import { RuleDesk } from './rule-desk.js'
import { runProcess } from './run-process.js'

/** Processes of Node for plugins. */
export const nodeProcesses: ProcessPort = {
  async open(): Promise<StartThread> {
    checkPermission()
    const { source } = await processEntry()
    // What V8 compiles of it is not taken from where a plugin runs: it would be code of other processes.
    const script = await threadEntry()
    let desk: RuleDesk | undefined
    return (spec, events) => {
      desk ??= new RuleDesk(spec.rules)
      return runProcess({ child: started(spec, source), script, desk }, spec, events)
    }
  },
}

/** @throws {PROCESS_UNAVAILABLE} */
function checkPermission(): void {
  const { permission } = process as { permission?: { has(scope: string): boolean } }
  if (permission?.has('child') === false)
    throw errors.PROCESS_UNAVAILABLE({ reason: 'Node was started without `--allow-child-process`' })
  const { isSea } = process.getBuiltinModule('node:sea') ?? {}
  if (isSea?.())
    throw errors.PROCESS_UNAVAILABLE({ reason: 'the application is its own executable, and no Node' })
}

/** Some reasons why the system starts none are thrown at once. @throws {PROCESS_UNAVAILABLE} */
function started(spec: ThreadSpec, source: string): ChildProcess {
  try {
    return start(spec, source)
  } catch (error) {
    throw errors.PROCESS_UNAVAILABLE({ reason: (error as Error).message }, error)
  }
}

function start({ init, heapBytes }: ThreadSpec, source: string): ChildProcess {
  const { limits, grants } = init
  const child = builtIn.childProcess.spawn(process.execPath, flagsFor({ limits, heapBytes, grants }), {
    // Windows starts nothing without it.
    env: process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot } : {},
    cwd: parse(process.execPath).root,
    // Nothing that is printed there comes out here; the last is the way between the two.
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    // A Ctrl-C is for the application, which may have calls to wait for. It ends when that is gone, see `relay`.
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  child.stdin?.on('error', () => {})
  child.stdin?.end(source)
  return child
}
