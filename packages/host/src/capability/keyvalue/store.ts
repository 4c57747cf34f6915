import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ComponentError } from '@wasm-plugin/runtime'
import type { Gate } from '../gate.js'
import type { StoreGrant } from '../grant-set.js'

/** `wasi:keyvalue/store#error`. */
export type StoreError = { tag: 'no-such-store' } | { tag: 'access-denied' } | { tag: 'other'; val: string }

export type StoreOperation = 'open' | 'get' | 'set' | 'delete' | 'exists' | 'list-keys'

const MAX_KEY_BYTES = 1_024

/** The key-value stores of one plugin, on the host's thread, so that all its instances see one state. */
export class Stores {
  readonly #gate: Gate
  readonly #open = new Map<string, Bucket>()

  constructor(gate: Gate) {
    this.#gate = gate
  }

  /** Does one operation on the store `name`; the decision is about the store, the report names the key. */
  run(name: string, operation: StoreOperation, key = '', value = new Uint8Array()): unknown {
    const target = operation === 'open' || operation === 'list-keys' ? name : `${name}/${key}`
    const { allowed } = this.#gate.check({ capability: 'keyvalue', operation, target, store: name })
    if (!allowed) throw storeError({ tag: operation === 'open' ? 'no-such-store' : 'access-denied' })
    const grant = this.#gate.grants.current.keyvalue.find((store) => store.name === name)
    if (grant === undefined) throw storeError({ tag: 'no-such-store' })
    const bucket = this.#bucket(grant)
    switch (operation) {
      case 'open':
        return undefined
      case 'get':
        return bucket.get(key)
      case 'set':
        return bucket.set(key, value, grant)
      case 'delete':
        return bucket.delete(key)
      case 'exists':
        return bucket.get(key) !== undefined
      case 'list-keys':
        return bucket.keys()
    }
  }

  #bucket({ name, file }: StoreGrant): Bucket {
    const known = this.#open.get(name)
    if (known !== undefined) return known
    const bucket = new Bucket(file)
    this.#open.set(name, bucket)
    return bucket
  }
}

/** One store: in memory, and in a file if the grant names one. */
class Bucket {
  readonly #file: string | null
  readonly #values: Map<string, Uint8Array>
  #bytes = 0

  constructor(file: string | null) {
    this.#file = file
    this.#values = file === null ? new Map() : load(file)
    for (const [key, value] of this.#values) this.#bytes += key.length + value.length
  }

  get(key: string): Uint8Array | undefined {
    return this.#values.get(key)
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
    if (file === null) return
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

function storeError(error: StoreError): ComponentError<StoreError> {
  return new ComponentError(error, error.tag)
}
