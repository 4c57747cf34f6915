import { ComponentError } from '@wasm-plugin/runtime/errors'
import type { AnswerPiece, FieldList, HttpErrorCode, HttpEvent, ResponseHead, Use } from '@wasm-plugin/wasi'

/** One request and its response, as far as a plugin receives something in it. What fails throws a `ComponentError`. */
export interface ReceivingExchange {
  /** What allowed it; undefined when nothing more can come of it, or nothing has to allow it. */
  readonly use: Use | undefined
  /** Up to `max` bytes that have arrived; empty if none have; `null` at the end of the body. */
  read(max: number): Uint8Array | null
  /** Everything of the body was read. */
  readonly isRead: boolean
  trailers(): Promise<FieldList>
  isReady(event: HttpEvent): boolean
  whenReady(event: HttpEvent, signal?: AbortSignal): Promise<void>
  /** Gives up its connection, if it needs none any more. */
  settle(): void
  /** Whoever waits for it, or asks later, gets `reason`. */
  close(reason?: HttpErrorCode): void
}

/** One that a plugin began, as a platform carries it out. */
export interface HttpExchange extends ReceivingExchange {
  /** Takes bytes of the request's body; resolves when more may come. */
  write(bytes: Uint8Array): Promise<void>
  end(trailers: FieldList): Promise<void>
  response(): Promise<ResponseHead>
}

/** One that a client of the application began, which a plugin answers; or the streams of a program that it runs. */
export interface AnsweringExchange extends ReceivingExchange {
  /** Resolves when enough of so many bytes of the response were taken that more may come, with how many were taken. */
  sent(bytes: number): Promise<number>
  /**
   * Pieces of the response that came together, with the outcome of their call where they are the last; false for what no plugin
   * can send.
   */
  receive(pieces: readonly AnswerPiece[], areLast: boolean): boolean
}

export function httpError(code: HttpErrorCode, reason?: string): ComponentError<HttpErrorCode> {
  return new ComponentError(code, reason === undefined ? code.tag : `${code.tag}: ${reason}`)
}
