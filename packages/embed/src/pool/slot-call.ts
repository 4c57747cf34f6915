import { ComponentError } from '@wasm-plugin/runtime'
import type { ExportedFunction } from '../contract/contract.js'
import type { EndSignal } from '../ending.js'
import type { IncomingExchange } from '../http/incoming-exchange.js'
import type { LaneReply } from '../lane/requests.js'
import type { ProgramExchange } from '../program/program-exchange.js'
import { tooLarge } from '../wire/room.js'

export interface SlotCall {
  /** Unique in the host. */
  readonly id: number
  readonly func: ExportedFunction
  /** Plain values, for which the thread has room. */
  readonly args: readonly unknown[]
  /** Memory of the arguments that the thread may have. */
  readonly transfer?: readonly ArrayBuffer[]
  readonly fuel: number | undefined
  readonly signal: EndSignal
}

/** A request for the plugin to answer. */
export interface SlotRequest extends Omit<SlotCall, 'args' | 'transfer'> {
  readonly exchange: IncomingExchange
  /** Requests after which the instance ends. */
  readonly reuse: number
}

/** A program to run. */
export interface SlotProgram extends Omit<SlotCall, 'args' | 'transfer'> {
  readonly exchange: ProgramExchange
}

/** What came of a call. */
export type Settled = { readonly value: unknown } | { readonly error: Error }

/** Of a call that had not begun when its thread ended, or was given back: it is to be run elsewhere. */
export class NotBegun {
  constructor(readonly args: readonly unknown[]) {}
}

/** @param maxValues those that the thread has room for */
export function settledBy(reply: LaneReply, maxValues: number): Settled {
  switch (reply.status) {
    case 'value':
      return { value: reply.value }
    case 'err':
      return { error: new ComponentError(reply.value) }
    case 'refused':
      return { error: tooLarge(maxValues) }
  }
}

/** The value; throws the error. */
export function unwrap(settled: Settled): unknown {
  if ('error' in settled) throw settled.error
  return settled.value
}

export function fuelled(fuel: number | undefined): { fuel?: number } {
  return fuel === undefined ? {} : { fuel }
}
