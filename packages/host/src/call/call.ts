import type { PluginError } from '@wasm-plugin/runtime'
import { errors } from '../errors/index.js'
import type { Contract, ExportedFunction } from '../load/contract.js'
import { type CallOptions, checkCallOptions, type PluginLimits } from '../options.js'
import type { Pool } from '../pool/pool.js'
import { startDeadline } from './deadline.js'
import { settle } from './settle.js'

/** What a call needs to know of its plugin. */
export interface CallContext {
  readonly plugin: string
  readonly contract: Contract
  readonly limits: Readonly<PluginLimits>
  readonly pool: Pool
  /** Aborted with PLUGIN_CLOSED when the plugin or its host closes. */
  readonly closing: AbortSignal
  /** Called once for every call that reached the plugin's contract. */
  readonly onCall: (call: FinishedCall) => void
}

export interface FinishedCall {
  readonly export: string
  readonly ms: number
  /** Set when the call failed; a `result` error of the contract is no failure. */
  readonly error: PluginError | undefined
}

/**
 * One call, end to end: find the export, wait for an instance, run, settle. The order of the checks is the order of
 * the errors: a wrong call is reported as such even when the plugin is busy.
 */
export async function runCall(
  context: CallContext,
  target: string,
  { args, options }: { args: readonly unknown[]; options: CallOptions },
): Promise<unknown> {
  if (context.closing.aborted) throw context.closing.reason
  const func = context.contract.find(target)
  checkCallOptions(options)
  checkArguments(func, args)

  const started = performance.now()
  using deadline = startDeadline({
    timeoutMs: options.timeoutMs ?? context.limits.timeoutMs,
    signal: options.signal,
    closing: context.closing,
  })
  // Awaited here, so that the deadline is not disposed before the call is over.
  return await settle(invoke(context, func, { args, signal: deadline.signal }), {
    plugin: context.plugin,
    export: func.name,
    done: (error) => context.onCall({ export: func.name, ms: performance.now() - started, error }),
  })
}

async function invoke(
  { pool, limits }: CallContext,
  func: ExportedFunction,
  { args, signal }: { args: readonly unknown[]; signal: AbortSignal },
): Promise<unknown> {
  const slot = await pool.acquire(signal)
  try {
    return await slot.call({ func, args, fuel: limits.fuel, signal })
  } finally {
    pool.release(slot)
  }
}

function checkArguments(func: ExportedFunction, args: readonly unknown[]): void {
  if (func.passesHandles)
    throw errors.UNSUPPORTED_IN_WORKER({ name: func.name, reason: 'it passes a resource of the plugin' })
  const expected = func.type.params.length
  if (args.length !== expected)
    throw errors.ARGUMENT_COUNT({ export: func.name, expected, found: args.length })
}
