import { preview1 } from '@wasm-plugin/runtime/early'
import { unawaited } from './awaitable.js'
import { baseName } from './grants/interface-name.js'
import { createPreview1 } from './p1/index.js'
import { createEnvironment } from './p2/cli/environment.js'
import { exit } from './p2/cli/exit.js'
import { Program } from './p2/cli/program.js'
import { createStdio } from './p2/cli/stdio.js'
import * as terminal from './p2/cli/terminal.js'
import { createClock } from './p2/clocks/clock.js'
import { createClocks } from './p2/clocks/index.js'
import { createConfig } from './p2/config/index.js'
import type { WasiContext } from './p2/context.js'
import { createFilesystem } from './p2/filesystem/index.js'
import { type AcceptedRequest, createHttp } from './p2/http/index.js'
import { IoError } from './p2/io/error.js'
import { InputStream } from './p2/io/input-stream.js'
import { OutputStream } from './p2/io/output-stream.js'
import { Pollable } from './p2/io/poll.js'
import { Waiter } from './p2/io/waiter.js'
import { createKeyvalue } from './p2/keyvalue/index.js'
import { createLogging } from './p2/logging/index.js'
import { createRandom } from './p2/random/index.js'
import { createDeniedSockets } from './p2/sockets/denied.js'
import { createSockets } from './p2/sockets/granted.js'
import { PRICE_OF_STEP } from './prices.js'
import type { IncomingHead } from './protocol/http.js'
import type { ProgramStart } from './protocol/program.js'

/** WASI 0.2 for one instance, and preview 1. */
export interface WasiImports {
  /**
   * The object of an interface, by the name and the version that the component writes (`wasi:cli/exit@0.2.3`); every
   * 0.2.x is answered by the same object. For the core modules of preview 1 a function. `undefined` for anything else.
   */
  get(name: string): object | undefined
  /** A request for the instance, by the number that the host's thread knows it by. */
  accept(id: number, head: IncomingHead): AcceptedRequest
  /** What the program that runs next is given, by the number of its streams; the answer is to be called when it has ended. */
  program(id: number, start: ProgramStart): () => void
  /** The first and the last lines that the instance wrote to stderr in the current call. */
  lastWords(): readonly string[]
  /** Writes out the last line of stdout and stderr: to be called when a call of the plugin has ended. */
  endCall(): void
  /** Writes out the last line of stdout and stderr, and closes every file and connection. */
  dispose(): void
}

/** Builds the WASI of one instance. What is not granted is there and denies: see `offerOf`. */
export function createWasi(context: WasiContext): WasiImports {
  const { gate, ports, services } = context
  const grants = gate.grants.current
  const spend = context.spend ?? (() => {})
  const pause = () => {
    context.pause?.()
    spend(PRICE_OF_STEP)
  }
  const clock = createClock(grants.clocks, ports)
  const waiter = new Waiter({ clock, services, ports, maxWaitMs: context.maxWaitMs })
  const clocks = createClocks(clock, waiter)
  const random = createRandom(grants.random, ports)
  const respond = context.respond ?? (() => {})
  const program = new Program({ services, post: respond })
  const stdio = createStdio(context, { grant: grants.stdio, waiter, program })
  const filesystem = createFilesystem({ gate, ports, waiter, pause })
  const http = createHttp({ services, waiter, respond })
  const keyvalue = createKeyvalue(services, ports)
  const sockets = grants.net.allow.some(isSocketRule)
    ? createSockets({ services, waiter })
    : createDeniedSockets(gate)

  const environment = createEnvironment(gate, program)
  const interfaces = new Map<string, object>([
    ['wasi:cli/environment', environment],
    ['wasi:cli/exit', exit],
    ['wasi:cli/stdin', stdio.stdin],
    ['wasi:cli/stdout', stdio.stdout],
    ['wasi:cli/stderr', stdio.stderr],
    ['wasi:cli/terminal-input', terminal.terminalInput],
    ['wasi:cli/terminal-output', terminal.terminalOutput],
    ['wasi:cli/terminal-stdin', terminal.terminalStdin],
    ['wasi:cli/terminal-stdout', terminal.terminalStdout],
    ['wasi:cli/terminal-stderr', terminal.terminalStderr],
    ['wasi:clocks/monotonic-clock', clocks.monotonicClock],
    ['wasi:clocks/wall-clock', clocks.wallClock],
    ['wasi:clocks/timezone', clocks.timezone],
    ['wasi:config/store', createConfig(gate)],
    ['wasi:filesystem/preopens', filesystem.preopens],
    ['wasi:filesystem/types', filesystem.types],
    ['wasi:http/outgoing-handler', http.outgoingHandler],
    ['wasi:http/types', http.types],
    ['wasi:io/error', { Error: IoError }],
    ['wasi:io/poll', { Pollable, poll: Pollable.poll }],
    ['wasi:io/streams', { InputStream, OutputStream }],
    ['wasi:keyvalue/atomics', keyvalue.atomics],
    ['wasi:keyvalue/atomics@0.2.0-draft', keyvalue.draft.atomics],
    ['wasi:keyvalue/batch', keyvalue.batch],
    ['wasi:keyvalue/batch@0.2.0-draft', keyvalue.draft.batch],
    ['wasi:keyvalue/store', keyvalue.store],
    ['wasi:logging/logging', createLogging(stdio.lines)],
    ['wasi:random/insecure', random.insecure],
    ['wasi:random/insecure-seed', random.insecureSeed],
    ['wasi:random/random', random.random],
    ['wasi:sockets/instance-network', sockets.instanceNetwork],
    ['wasi:sockets/ip-name-lookup', sockets.ipNameLookup],
    ['wasi:sockets/network', sockets.network],
    ['wasi:sockets/tcp', sockets.tcp],
    ['wasi:sockets/tcp-create-socket', sockets.tcpCreateSocket],
    ['wasi:sockets/udp', sockets.udp],
    ['wasi:sockets/udp-create-socket', sockets.udpCreateSocket],
  ])
  const old = createPreview1({
    ...{ environment, stdio, clocks, random, filesystem, exit },
    ...{ pause, spend },
  })
  return {
    get(name) {
      if (name === preview1.functions) return old.functions
      if (name === preview1.memory) return old.memory
      const base = baseName(name)
      const found = base === null ? undefined : (interfaces.get(name) ?? interfaces.get(base))
      return found && Object.assign(Object.create(null), found)
    },
    accept: (id, head) => http.accept(id, head),
    program: (id, start) => program.start(id, start),
    lastWords: () => stdio.lastWords(),
    endCall: () => stdio.end(),
    dispose() {
      stdio.end()
      filesystem.close()
      // An instance that ended in a fault has dropped nothing that it held.
      if (grants.net.allow.length > 0) unawaited(services.call('net.close', []))
    },
  }
}

function isSocketRule({ scheme }: { scheme: string }): boolean {
  return scheme === 'tcp' || scheme === 'udp' || scheme === 'dns'
}
