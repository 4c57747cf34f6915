import { preview1 } from '@wasm-plugin/runtime/early'
import { unawaited } from './awaitable.js'
import type { Gate } from './grants/gate.js'
import { baseName } from './grants/interface-name.js'
import { createLasting, type Lasting } from './lasting.js'
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
  /**
   * Bytes that a module of preview 1 was given, and those that it gave: it counts on once the module has its imports. Components pass
   * all of theirs by the runtime.
   */
  readonly traffic: { readonly bytesIn: number; readonly bytesOut: number }
  /** What goes on in another instance: to be asked for between two calls, or before the first. */
  lasting(): Lasting
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
  const { respond = () => {}, flush = () => {} } = context
  const program = new Program({ services, post: respond })
  const stdio = createStdio(context, { grant: grants.stdio, waiter, program })
  // An instance has a few of them, and may be there for one request.
  const filesystem = once(() => createFilesystem({ gate, ports, waiter, pause }))
  const http = once(() => createHttp({ services, waiter, respond, flush }))
  const parts: Parts = {
    ...{ gate, stdio, filesystem, http },
    clocks: once(() => createClocks(clock, waiter)),
    random: once(() => createRandom(grants.random, ports)),
    keyvalue: once(() => createKeyvalue(services, ports)),
    sockets: once(() =>
      grants.net.allow.some(isSocketRule) ? createSockets({ services, waiter }) : createDeniedSockets(gate),
    ),
    environment: once(() => createEnvironment(gate, program)),
  }
  const old = once(() =>
    createPreview1({
      ...{ environment: parts.environment(), stdio, clocks: parts.clocks(), random: parts.random() },
      ...{ filesystem: filesystem(), exit, pause, spend },
    }),
  )
  return {
    get(name) {
      if (name === preview1.functions) return old().functions
      if (name === preview1.memory) return old().memory
      const base = baseName(name)
      const found = base === null ? undefined : (INTERFACES.get(name) ?? INTERFACES.get(base))
      return found && Object.assign(Object.create(null), found(parts))
    },
    accept: (id, head) => http().accept(id, head),
    program: (id, start) => program.start(id, start),
    get traffic() {
      return old.made?.traffic ?? NO_TRAFFIC
    },
    lasting: () =>
      createLasting({
        ...{ clock, waiter, clocks: parts.clocks, stdio, filesystem, preview1: old },
        random: parts.random,
      }),
    lastWords: () => stdio.lastWords(),
    endCall: () => stdio.end(),
    dispose() {
      stdio.end()
      filesystem.made?.close()
      // An instance that ended in a fault has dropped nothing that it held.
      if (grants.net.allow.length > 0) unawaited(services.call('net.close', []))
    },
  }
}

/** Of what is no module of preview 1. */
const NO_TRAFFIC = { bytesIn: 0, bytesOut: 0 }

interface Parts {
  readonly gate: Gate
  readonly stdio: ReturnType<typeof createStdio>
  readonly environment: Once<ReturnType<typeof createEnvironment>>
  readonly clocks: Once<ReturnType<typeof createClocks>>
  readonly filesystem: Once<ReturnType<typeof createFilesystem>>
  readonly http: Once<ReturnType<typeof createHttp>>
  readonly keyvalue: Once<ReturnType<typeof createKeyvalue>>
  readonly random: Once<ReturnType<typeof createRandom>>
  readonly sockets: Once<ReturnType<typeof createSockets> | ReturnType<typeof createDeniedSockets>>
}

const INTERFACES: ReadonlyMap<string, (parts: Parts) => object> = new Map<string, (parts: Parts) => object>([
  ['wasi:cli/environment', ({ environment }) => environment()],
  ['wasi:cli/exit', () => exit],
  ['wasi:cli/stdin', ({ stdio }) => stdio.stdin],
  ['wasi:cli/stdout', ({ stdio }) => stdio.stdout],
  ['wasi:cli/stderr', ({ stdio }) => stdio.stderr],
  ['wasi:cli/terminal-input', () => terminal.terminalInput],
  ['wasi:cli/terminal-output', () => terminal.terminalOutput],
  ['wasi:cli/terminal-stdin', () => terminal.terminalStdin],
  ['wasi:cli/terminal-stdout', () => terminal.terminalStdout],
  ['wasi:cli/terminal-stderr', () => terminal.terminalStderr],
  ['wasi:clocks/monotonic-clock', ({ clocks }) => clocks().monotonicClock],
  ['wasi:clocks/wall-clock', ({ clocks }) => clocks().wallClock],
  ['wasi:clocks/timezone', ({ clocks }) => clocks().timezone],
  ['wasi:config/store', ({ gate }) => createConfig(gate)],
  ['wasi:filesystem/preopens', ({ filesystem }) => filesystem().preopens],
  ['wasi:filesystem/types', ({ filesystem }) => filesystem().types],
  ['wasi:http/outgoing-handler', ({ http }) => http().outgoingHandler],
  ['wasi:http/types', ({ http }) => http().types],
  ['wasi:io/error', () => ({ Error: IoError })],
  ['wasi:io/poll', () => ({ Pollable, poll: Pollable.poll })],
  ['wasi:io/streams', () => ({ InputStream, OutputStream })],
  ['wasi:keyvalue/atomics', ({ keyvalue }) => keyvalue().atomics],
  ['wasi:keyvalue/atomics@0.2.0-draft', ({ keyvalue }) => keyvalue().draft.atomics],
  ['wasi:keyvalue/batch', ({ keyvalue }) => keyvalue().batch],
  ['wasi:keyvalue/batch@0.2.0-draft', ({ keyvalue }) => keyvalue().draft.batch],
  ['wasi:keyvalue/store', ({ keyvalue }) => keyvalue().store],
  ['wasi:logging/logging', ({ stdio }) => createLogging(stdio.lines)],
  ['wasi:random/insecure', ({ random }) => random().insecure],
  ['wasi:random/insecure-seed', ({ random }) => random().insecureSeed],
  ['wasi:random/random', ({ random }) => random().random],
  ['wasi:sockets/instance-network', ({ sockets }) => sockets().instanceNetwork],
  ['wasi:sockets/ip-name-lookup', ({ sockets }) => sockets().ipNameLookup],
  ['wasi:sockets/network', ({ sockets }) => sockets().network],
  ['wasi:sockets/tcp', ({ sockets }) => sockets().tcp],
  ['wasi:sockets/tcp-create-socket', ({ sockets }) => sockets().tcpCreateSocket],
  ['wasi:sockets/udp', ({ sockets }) => sockets().udp],
  ['wasi:sockets/udp-create-socket', ({ sockets }) => sockets().udpCreateSocket],
])

/** Makes something when it is asked for first. */
interface Once<T> {
  (): T
  /** Undefined where nobody has asked. */
  made: T | undefined
}

function once<T>(make: () => T): Once<T> {
  const get: Once<T> = Object.assign(
    () => {
      get.made ??= make()
      return get.made
    },
    { made: undefined },
  )
  return get
}

function isSocketRule({ scheme }: { scheme: string }): boolean {
  return scheme === 'tcp' || scheme === 'udp' || scheme === 'dns'
}
