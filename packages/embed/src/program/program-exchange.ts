import type { AnswerPiece, FieldList, HttpErrorCode, HttpEvent, ProgramStart } from '@wasm-plugin/wasi'
import { Changes } from '../changes.js'
import { errors } from '../errors/index.js'
import { type AnsweringExchange, httpError } from '../http/exchange.js'
import { isBytes } from '../http/field-bytes.js'
import { RequestBody } from '../http/request-body.js'
import { ResponseBody, WINDOW } from '../http/response-body.js'
import { encoded, type ProgramInput } from './program-input.js'

/** Bytes of stdin that are sent with the start. */
const SMALL = 64 << 10

/**
 * The streams of a program that runs. Its thread holds a number, the application's the bytes, as it is with a request that came
 * in and the response to it: what is read comes as the program reads it, what is written goes as somebody takes it.
 */
export class ProgramExchange implements AnsweringExchange {
  readonly use = undefined
  readonly start: ProgramStart
  readonly stdout: ResponseBody
  readonly stderr: ResponseBody
  /** Settles when the program has ended. */
  readonly exitCode: Promise<number>
  /** Called when nobody waits for the program any more. */
  onCancel: (error: unknown) => void = () => {}
  readonly #stdin: RequestBody
  readonly #changes = new Changes()
  #settle!: { resolve: (exitCode: number) => void; reject: (error: unknown) => void }
  #isOver = false
  #failure: unknown
  #maxBytes = Number.POSITIVE_INFINITY

  constructor({ args, env = {}, stdin, stderr }: ProgramInput) {
    const bytes = typeof stdin === 'string' ? bytesOf(stdin) : stdin
    const isWhole = bytes === undefined || bytes === null || (isBytes(bytes) && bytes.length <= SMALL)
    this.start = {
      args,
      env: Object.entries(env),
      stdin: isWhole ? (bytes === null ? new Uint8Array() : bytes?.slice()) : 'asked',
      logsErrors: stderr === 'log',
    }
    this.#stdin = new RequestBody(isWhole ? null : bytes, () => this.#heard())
    const output = () => new ResponseBody({ onTaken: () => this.#changes.notify(), onCancel: () => {} })
    this.stdout = output()
    this.stderr = output()
    this.exitCode = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    // Whoever reads its streams hears of it there.
    this.exitCode.catch(() => {})
  }

  /** What ended it before its program did; undefined while nothing has. */
  get failure(): unknown {
    return this.#failure
  }

  get isRead(): boolean {
    return this.#stdin.isAtEnd && !this.#isBroken
  }

  read(max: number): Uint8Array | null {
    if (this.#isBroken) throw terminated()
    return this.#stdin.read(max)
  }

  async trailers(): Promise<FieldList> {
    return []
  }

  isReady(_event: HttpEvent): boolean {
    if (this.#isBroken || this.#stdin.isAtEnd || this.#stdin.hasBytes) return true
    this.#stdin.pull()
    return false
  }

  async whenReady(event: HttpEvent, signal?: AbortSignal): Promise<void> {
    await this.#changes.until(() => this.isReady(event), signal)
  }

  settle(): void {}

  close(_reason?: HttpErrorCode): void {
    this.#stdin.close()
    this.#changes.notify()
  }

  async sent(bytes: number): Promise<number> {
    await this.#changes.until(() => this.#isOver || bytes - this.#taken <= WINDOW / 2)
    if (this.#isOver) throw terminated()
    return this.#taken
  }

  /** What the program writes; false for what none can. */
  receive(pieces: readonly AnswerPiece[]): boolean {
    return pieces.every((piece) => this.#take(piece))
  }

  #take(piece: AnswerPiece): boolean {
    const { kind } = piece
    if (kind !== 'stdout' && (kind !== 'stderr' || this.start.logsErrors)) return false
    if (!isBytes(piece.bytes) || !this[kind].add(piece.bytes)) return false
    this.#checkSize()
    return true
  }

  /** From now on no stream may have more: the program is ended that writes it. */
  collect(maxBytes: number): void {
    this.#maxBytes = maxBytes
    this.#checkSize()
  }

  /** Nobody waits for it any more: the program hears of it when it reads or writes on. */
  cancel(error: unknown): void {
    if (this.#isOver) return
    this.fail(error)
    this.onCancel(error)
  }

  done(exitCode: number): void {
    this.#end()
    for (const output of [this.stdout, this.stderr]) output.end()
    this.#settle.resolve(exitCode)
  }

  /** Something else ended it: its output may not be whole. */
  fail(error: unknown): void {
    this.#failure ??= error
    this.#end()
    for (const output of [this.stdout, this.stderr]) output.fail(error)
    this.#settle.reject(error)
  }

  /** There is more of its input, or no more. */
  #heard(): void {
    const { failure } = this.#stdin
    if (failure !== undefined) this.cancel(errors.INPUT_FAILED({ input: 'stdin' }, failure.cause))
    this.#changes.notify()
  }

  #checkSize(): void {
    const maxBytes = this.#maxBytes
    if (Math.max(this.stdout.added, this.stderr.added) > maxBytes)
      this.cancel(errors.OUTPUT_TOO_LARGE({ maxBytes }))
  }

  #end(): void {
    this.#isOver = true
    this.#stdin.close()
    this.#changes.notify()
  }

  get #taken(): number {
    return this.stdout.taken + this.stderr.taken
  }

  get #isBroken(): boolean {
    return this.#isOver || this.#stdin.isBroken
  }
}

function bytesOf(text: string) {
  return text.length > SMALL ? encoded(text) : new TextEncoder().encode(text)
}

function terminated() {
  return httpError({ tag: 'connection-terminated' })
}
