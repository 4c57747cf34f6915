import { callByName, runCall } from './call/call.js'
import { runHandle } from './call/handle.js'
import { runProgram } from './call/run.js'
import type { ExportedFunction } from './contract/contract.js'
import { exportTable } from './contract/export-table.js'
import type { HttpResponse } from './http/answered.js'
import type { HttpRequest } from './http/given-request.js'
import type { CallOptions, HandleOptions } from './options/given.js'
import { defined } from './options/parse.js'
import type { Fallback } from './options/restart.js'
import type { ProgramExchange } from './program/program-exchange.js'
import type { Builds } from './update/builds.js'
import { CallPause } from './update/call-pause.js'
import { type LiveFunction, LiveFunctions } from './update/live-exports.js'
import type { ThreadBuild } from './update/thread-build.js'
import type { Calling } from './update/updates.js'

export interface PluginCallsParts {
  readonly name: string
  readonly builds: Builds<ThreadBuild>
  /** Answers calls while the plugin is suspended. */
  readonly fallback: Fallback | undefined
}

/** How calls reach the build of a plugin that is the live one. While state is handed over to the next they wait. */
export class PluginCalls {
  readonly #parts: PluginCallsParts
  readonly #functions = new LiveFunctions()
  readonly #pause = new CallPause()

  constructor(parts: PluginCallsParts) {
    this.#parts = parts
  }

  /** Settles when calls need not wait; undefined where they need not. */
  get pauseOver(): Promise<void> | undefined {
    return this.#pause.over
  }

  /** The functions of the contract, whose calls have these options. */
  table(options: CallOptions): object {
    return exportsOf(this.#live, (func) => {
      const live = this.#functions.of(func)
      return (...args) => this.#run(live, args, options)
    })
  }

  /** Functions of the contract before are those of this one from now on. */
  lead({ context }: ThreadBuild): void {
    this.#functions.lead(context.contract)
  }

  call(target: string, args: readonly unknown[], options?: CallOptions): Promise<unknown> {
    if (this.#mustWait) return this.#afterPause(options ?? {}, (left) => this.call(target, args, left))
    const live = this.#live
    // A name of an older version that an update has passed.
    const name = live.context.contract.has(target)
      ? target
      : (this.#functions.named(target)?.func?.name ?? target)
    return this.#instead(live, name, args) ?? callByName(live.context, name, { args, options })
  }

  handle(request: HttpRequest, options: HandleOptions): Promise<HttpResponse> {
    const { reuse, onInformational, ...call } = options
    if (!this.#mustWait) return runHandle(this.#live.context, request, options)
    return this.#afterPause(call, (left) =>
      this.handle(request, { ...defined({ reuse, onInformational }), ...left }),
    )
  }

  program(exchange: ProgramExchange, options: CallOptions): Promise<void> {
    const begin = async (call: CallOptions) => runProgram(this.#live.context, exchange, call)
    return this.#mustWait ? this.#afterPause(options, begin) : begin(options)
  }

  /** What an update has its builds do. */
  calling(): Calling<ThreadBuild> {
    return {
      exportsOf: (build) =>
        exportsOf(
          build,
          (func) =>
            (...args) =>
              runCall(build.context, func, { args, options: {} }),
        ),
      call: ({ context }, target, args, signal) =>
        callByName(context, target, { args, options: signal && { signal } }),
      pause: () => {
        this.#pause.begin()
        return this.#live.rest()
      },
      goOn: () => this.#pause.end(),
    }
  }

  get #live(): ThreadBuild {
    return this.#parts.builds.live
  }

  /** While state is handed over calls wait, but for those that the handing over waits for. */
  get #mustWait(): boolean {
    return this.#pause.over !== undefined && !this.#live.isCalling()
  }

  #run(live: LiveFunction, args: readonly unknown[], options: CallOptions): Promise<unknown> {
    if (this.#mustWait) return this.#afterPause(options, (left) => this.#run(live, args, left))
    const build = this.#live
    const { context } = build
    const instead = this.#instead(build, live.name, args)
    if (instead !== undefined) return instead
    return live.func === undefined
      ? callByName(context, live.name, { args, options })
      : runCall(context, live.func, { args, options })
  }

  #afterPause<T>(options: CallOptions, run: (left: CallOptions) => Promise<T>): Promise<T> {
    const timeoutMs = () => this.#live.context.limits.timeoutMs
    return this.#pause.after({ plugin: this.#parts.name, options, timeoutMs, run })
  }

  /** What the application answers in the place of a suspended plugin; undefined when the plugin may answer. */
  #instead(build: ThreadBuild, name: string, args: readonly unknown[]): Promise<unknown> | undefined {
    const { fallback } = this.#parts
    if (fallback === undefined || !build.isSuspended) return undefined
    return new Promise((resolve) => resolve(fallback({ export: name, args })))
  }
}

function exportsOf(
  { context, classes }: ThreadBuild,
  bind: (func: ExportedFunction) => (...args: unknown[]) => unknown,
): object {
  return exportTable(context.contract, { bind, classes })
}
