import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'
import { type AuditLog, type AuditLoss, type AuditOptions, errors } from '@wasm-plugin/embed'
import { type AccessEvent, type GrantSet, writableAt } from '@wasm-plugin/wasi'
import { isSameFile, withoutLinks } from './node/reach.js'

/** Characters of lines kept in memory before they are written. */
const BUFFER = 64 << 10

/**
 * The decisions about one plugin as JSON Lines. Lines are written in the order of `append`, in batches, by this thread:
 * there is no queue that a plugin could fill faster than the disk empties it. A batch is one write to a file that is
 * open for appending, so lines of several plugins never mix. Closing adds one last line that counts.
 */
export class AuditFile implements AuditLog {
  readonly #file: string
  readonly #fd: number
  readonly #maxBytes: number
  readonly #onLoss: (loss: AuditLoss) => void
  #lines: string[] = []
  #buffered = 0
  #bytes = 0
  #written = 0
  #dropped = 0
  /** The disk was full in the middle of a line: the next one must not continue it. */
  #torn = false
  #scheduled = false
  #closed = false

  /**
   * @param onLoss Called once, when the first line is dropped.
   * @throws {AUDIT_UNWRITABLE} {AUDIT_UNSAFE}
   */
  static open(
    options: Required<AuditOptions>,
    grants: GrantSet,
    onLoss: (loss: AuditLoss) => void,
  ): AuditFile {
    const file = withoutLinks(options.file)
    requireOutOfReach(file, grants)
    try {
      const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK = 0 } = constants
      // Without waiting, so that a FIFO that nobody reads does not freeze the application.
      const fd = openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600)
      if (fstatSync(fd).isFile()) return new AuditFile(file, fd, options.maxBytes, onLoss)
      closeSync(fd)
    } catch (error) {
      throw unwritable(file, error)
    }
    throw errors.AUDIT_UNWRITABLE({ file, reason: 'it is not a regular file' })
  }

  private constructor(file: string, fd: number, maxBytes: number, onLoss: (loss: AuditLoss) => void) {
    this.#file = file
    this.#fd = fd
    this.#maxBytes = maxBytes
    this.#onLoss = onLoss
    flushAtExit(this)
  }

  /** Takes one decision. Never throws: what cannot be written is counted. */
  append(event: AccessEvent): void {
    if (this.#closed) return
    const line = `${JSON.stringify(event)}\n`
    const bytes = Buffer.byteLength(line)
    this.#bytes += bytes
    // Nothing is written after a gap, not even what would fit: what is there is the whole beginning.
    if (this.#bytes > this.#maxBytes) this.#drop(1, `the limit of ${this.#maxBytes} bytes is reached`)
    else this.#buffer(line)
  }

  /** Writes what waits, at once. */
  flush(): void {
    if (!this.#closed) this.#flush()
  }

  /** Writes what is left, then the counts of this plugin. Idempotent. */
  close(plugin: string): void {
    if (this.#closed) return
    this.#flush()
    this.#closed = true
    open.delete(this)
    const counts = { plugin, closed: true, lines: this.#written, dropped: this.#dropped, time: Date.now() }
    try {
      this.#write(`${JSON.stringify(counts)}\n`)
    } catch {
      // A disk that is full has no place for the count either; `onLoss` has been called.
    }
    closeSync(this.#fd)
  }

  #buffer(line: string): void {
    this.#lines.push(line)
    this.#buffered += line.length
    if (this.#buffered >= BUFFER) this.#flush()
    else this.#schedule()
  }

  /** Soon enough that `tail -f` shows it, late enough that many decisions share a write. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (!this.#closed) this.#flush()
    })
  }

  #flush(): void {
    const lines = this.#lines
    this.#lines = []
    this.#buffered = 0
    if (lines.length === 0) return
    try {
      this.#write(lines.join(''))
      this.#written += lines.length
    } catch (error) {
      this.#drop(lines.length, error instanceof Error ? error.message : String(error))
    }
  }

  #write(text: string): void {
    const bytes = Buffer.from(this.#torn ? `\n${text}` : text)
    let done = 0
    try {
      while (done < bytes.length) done += writeSync(this.#fd, bytes, done)
      this.#torn = false
    } catch (error) {
      this.#torn ||= done > 0
      throw error
    }
  }

  #drop(lines: number, reason: string): void {
    if (this.#dropped === 0) this.#onLoss({ file: this.#file, reason })
    this.#dropped += lines
  }
}

/** Files that are open, of which `process.exit()` must lose nothing. */
const open = new Set<AuditFile>()
let isHooked = false

function flushAtExit(file: AuditFile): void {
  open.add(file)
  if (isHooked) return
  isHooked = true
  process.on('exit', flushOpenFiles)
}

function flushOpenFiles(): void {
  for (const file of open) file.flush()
}

/** A log that the plugin can write to is worth nothing. */
function requireOutOfReach(file: string, grants: GrantSet): void {
  const at = writableAt(file, grants.fs)
  if (at !== undefined) throw errors.AUDIT_UNSAFE({ file, grant: at })
  for (const { file: store, name } of grants.keyvalue)
    if (store !== null && isSameFile(store, file)) throw errors.AUDIT_UNSAFE({ file, grant: name })
}

function unwritable(file: string, error: unknown) {
  const { code, message } = error as NodeJS.ErrnoException
  return errors.AUDIT_UNWRITABLE({ file, reason: code ?? message }, error)
}
