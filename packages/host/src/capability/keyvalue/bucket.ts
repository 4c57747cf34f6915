import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { StoreGrant } from '../grant-set.js'
import { storeError } from './errors.js'

const MAX_KEY_BYTES = 1_024

/** One store: in memory, and in a file if the grant names one. */
export class Bucket {
  readonly #file: string | null
  readonly #values: Map<string, Uint8Array>
  #bytes = 0
  /** Changes of a batch are written once. */
  #holds = false

  constructor(file: string | null) {
    this.#file = file
    this.#values = file === null ? new Map() : load(file)
    for (const [key, value] of this.#values) this.#bytes += key.length + value.length
  }

  get(key: string): Uint8Array | undefined {
    return this.#values.get(key)
  }

  /** Runs several changes, which are written at its end, however it ends. */
  batch(change: () => void): void {
    this.#holds = true
    try {
      change()
    } finally {
      this.#holds = false
      this.#save()
    }
  }

  keys(): string[] {
    return [...this.#values.keys()]
  }

  set(key: string, value: Uint8Array, { quotaBytes, quotaKeys }: StoreGrant): void {
    if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw storeError({ tag: 'other', val: 'the key is too long' })
    const growth = value.length - (this.#values.get(key)?.length ?? -key.length)
    if (
      (growth > 0 && this.#bytes + growth > quotaBytes) ||
      (!this.#values.has(key) && this.#values.size >= quotaKeys)
    )
      throw storeError({ tag: 'other', val: 'the store is full' })
    this.#values.set(key, Uint8Array.from(value))
    this.#bytes += growth
    this.#save()
  }

  delete(key: string): void {
    const value = this.#values.get(key)
    if (value === undefined) return
    this.#values.delete(key)
    this.#bytes -= key.length + value.length
    this.#save()
  }

  /** Written beside and renamed, so that the file is always whole. */
  #save(): void {
    const file = this.#file
    if (file === null || this.#holds) return
    const entries = [...this.#values].map(([key, value]) => [key, Buffer.from(value).toString('base64')])
    const temporary = `${file}.${process.pid}.tmp`
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(temporary, JSON.stringify({ schema: 1, entries }))
    renameSync(temporary, file)
  }
}

function load(file: string): Map<string, Uint8Array> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map()
    throw storeError({ tag: 'other', val: 'the store cannot be read' })
  }
  try {
    const { entries } = JSON.parse(text) as { entries: [string, string][] }
    return new Map(entries.map(([key, value]) => [key, new Uint8Array(Buffer.from(value, 'base64'))]))
  } catch {
    throw storeError({ tag: 'other', val: 'the store is damaged' })
  }
}
