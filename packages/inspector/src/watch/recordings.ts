import type { HostEvent } from '@wasm-plugin/host'
import { showJson } from '@wasm-plugin/runtime/text'
import type { Recorded } from '../protocol.js'

/** Events, and characters of their JSON, that are kept of a plugin. */
const MAX_EVENTS = 20_000
const MAX_LENGTH = 16 << 20
/** Characters of one event. */
const MAX_LINE = 64 << 10
/** Plugins of which something is kept at a time; the oldest is forgotten for another. */
const MAX_RECORDINGS = 8

/** Every event of some plugins, for a person who saves them: the page is shown a part. */
export class Recordings {
  readonly #kept = new Map<string, Recording>()
  /** Called when one begins or ends. */
  onChange: () => void = () => {}

  /** Whether any goes on. */
  get isOn(): boolean {
    return [...this.#kept.values()].some(({ isOn }) => isOn)
  }

  /** Begins anew. */
  start(plugin: string): void {
    this.#kept.delete(plugin)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size >= MAX_RECORDINGS && oldest !== undefined) this.#kept.delete(oldest)
    this.#kept.set(plugin, { isOn: true, isFull: false, lines: [], length: 0 })
    this.onChange()
  }

  stop(plugin: string): void {
    const recording = this.#kept.get(plugin)
    if (recording !== undefined) recording.isOn = false
    this.onChange()
  }

  clear(): void {
    this.#kept.clear()
    this.onChange()
  }

  of(plugin: string): Recorded | null {
    const recording = this.#kept.get(plugin)
    if (recording === undefined) return null
    const { isOn, isFull, lines } = recording
    return { isOn, isFull, events: lines.length }
  }

  /** One event on a line, as JSON. */
  linesOf(plugin: string): readonly string[] {
    return this.#kept.get(plugin)?.lines ?? []
  }

  take(event: HostEvent): void {
    const recording = this.#kept.get(event.plugin)
    if (recording === undefined || !recording.isOn) return
    const line = lineOf(event)
    recording.length += line.length
    recording.isFull = recording.lines.length >= MAX_EVENTS || recording.length > MAX_LENGTH
    if (recording.isFull) this.stop(event.plugin)
    else recording.lines.push(line)
  }
}

/** What an error has for data may be anything, and of any length. */
function lineOf(event: HostEvent): string {
  const at = Date.now()
  try {
    const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
    const line = showJson(JSON.stringify({ at, ...event }, plain))
    if (line.length <= MAX_LINE) return line
  } catch {
    // Said below.
  }
  const { type, sequence, plugin } = event
  return showJson(JSON.stringify({ at, type, sequence, plugin, isCut: true }))
}

interface Recording {
  isOn: boolean
  isFull: boolean
  readonly lines: string[]
  length: number
}
