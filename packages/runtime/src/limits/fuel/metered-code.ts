import { ByteWriter } from '../byte-writer.js'
import { readSections, type Section, SectionId } from '../core-sections.js'
import { atOnce } from '../steps.js'
import { readIndexSpaces } from './index-spaces.js'
import { Meter } from './meter.js'

/** Where the code of a metered module was before; see `OriginalCode`. */
export class MeteredCode {
  readonly #body = new TracingWriter()
  readonly #meter: Meter
  readonly #code: Section | undefined

  /** @param bytes the module before it was metered */
  constructor(bytes: Uint8Array, module: number, counts: boolean) {
    const sections = readSections(bytes, module)
    this.#meter = new Meter(
      bytes,
      { module, spaces: readIndexSpaces(bytes, sections, { module }), counts },
      this.#body,
    )
    this.#code = sections.find(({ id }) => id === SectionId.CODE)
    if (this.#code) atOnce(this.#meter.findLeaves(this.#code))
  }

  /**
   * @param index of a function that the module defines
   * @param offset of an instruction, from the start of the metered body
   * @returns the same from the start of the body before, or that of the next one where it was added
   */
  originalOf(index: number, offset: number): number {
    if (this.#code === undefined) return offset
    this.#body.runs.length = 0
    const start = atOnce(this.#meter.writeFunction(this.#code, index))
    const run = this.#body.runs.find(({ at, length }) => offset < at + length)
    return run === undefined ? offset : run.from - start + Math.max(0, offset - run.at)
  }
}

/** Bytes that were copied, as offsets. */
interface Run {
  /** Where they were written. */
  readonly at: number
  readonly from: number
  readonly length: number
}

/** Remembers where what it copies comes from. */
class TracingWriter extends ByteWriter {
  readonly runs: Run[] = []

  override copy(source: Uint8Array, from: number, to: number): void {
    this.runs.push({ at: this.length, from, length: to - from })
    super.copy(source, from, to)
  }
}
