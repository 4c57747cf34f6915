import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { makeFolder, readRegularFile, replaceFile, withLock } from '../disk/index.js'
import { transportErrors as errors } from '../errors/index.js'
import {
  type Descriptor,
  isDescriptor,
  isTag,
  MAX_MANIFEST_BYTES,
  mediaTypes,
  parseObject,
} from '../repository/index.js'

/** An entry of `index.json`: what it says of a manifest, and the tag that it has. */
export interface IndexEntry {
  readonly descriptor: Descriptor
  readonly tag: string | undefined
}

/**
 * `oci-layout` and `index.json` of an
 * [OCI image layout](https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md).
 */
export class IndexFile {
  /** Files that are not whole yet, and the lock. Others who read a layout pass it over. */
  readonly temporary: string
  readonly #root: string
  readonly #folder: string

  /** @param root The folder that packages are in, below which no link is followed. @param folder The layout. */
  constructor(root: string, folder: string) {
    this.#root = root
    this.#folder = folder
    this.temporary = path.join(folder, '.wasm-plugin')
  }

  /** The entries; `undefined` if there is no layout yet. @throws {LAYOUT_INVALID} */
  async read(): Promise<IndexEntry[] | undefined> {
    const document = await this.#document()
    return document && entriesOf(document, this.fail)
  }

  /**
   * Makes the layout if there is none, and lets `change` give other entries than there were: in turns, and in one step.
   * Whatever others have written beside the entries is kept.
   */
  async update(
    change: (entries: readonly IndexEntry[]) => IndexEntry[],
    signal?: AbortSignal,
  ): Promise<void> {
    await this.prepare()
    await withLock(
      path.join(this.temporary, 'lock'),
      async (stillHeld) => {
        const document = (await this.#document()) ?? { schemaVersion: 2, mediaType: mediaTypes.index }
        const manifests = change(entriesOf(document, this.fail)).map(written)
        const text = `${JSON.stringify({ ...document, manifests })}\n`
        if (text.length > MAX_MANIFEST_BYTES) throw this.fail('its index.json would be over its limit')
        await stillHeld()
        await replaceFile(path.join(this.#folder, 'index.json'), text, { temporary: this.temporary })
      },
      signal,
    )
  }

  async prepare(): Promise<void> {
    await this.#refuseLinks()
    await makeFolder(this.temporary)
    const file = path.join(this.#folder, 'oci-layout')
    if ((await readRegularFile(file, MAX_VERSION_BYTES, this.fail)) === undefined)
      await replaceFile(file, VERSION, { temporary: this.temporary })
  }

  readonly fail = (reason: string): Error => errors.LAYOUT_INVALID({ folder: this.#folder, reason })

  async #document(): Promise<Record<string, unknown> | undefined> {
    await this.#refuseLinks()
    const version = await readRegularFile(path.join(this.#folder, 'oci-layout'), MAX_VERSION_BYTES, this.fail)
    const index = await readRegularFile(path.join(this.#folder, 'index.json'), MAX_MANIFEST_BYTES, this.fail)
    if (version === undefined) {
      if (index !== undefined) throw this.fail('it has an index.json and no oci-layout')
      return undefined
    }
    if (parseObject(version)?.imageLayoutVersion !== '1.0.0') throw this.fail('its version is not 1.0.0')
    if (index === undefined) return undefined
    const document = parseObject(index)
    if (document === undefined) throw this.fail('its index.json is not a JSON object')
    return document
  }

  async #refuseLinks(): Promise<void> {
    const parts = path.relative(this.#root, this.#folder).split(path.sep)
    const folders = parts.map((_, index) => path.join(this.#root, ...parts.slice(0, index + 1)))
    for (const folder of [...folders, this.temporary]) {
      const found = await lstat(folder).catch(() => undefined)
      if (found !== undefined && !found.isDirectory()) throw this.fail(`${folder} is not a folder`)
    }
  }
}

function entriesOf(document: Record<string, unknown>, fail: (reason: string) => Error): IndexEntry[] {
  const manifests = document.manifests ?? []
  if (!Array.isArray(manifests)) throw fail('`manifests` of its index.json is not a list')
  return manifests.map((entry) => {
    if (!isDescriptor(entry)) throw fail('its index.json has an entry that is no descriptor')
    const tag = entry.annotations?.[REF_NAME]
    return { descriptor: entry, tag: isTag(tag) ? tag : undefined }
  })
}

/** The descriptor with its tag, or without one that it had. */
function written({ descriptor, tag }: IndexEntry): Descriptor {
  const { annotations = {}, ...rest } = descriptor
  const { [REF_NAME]: _, ...others } = annotations
  const all = tag === undefined ? others : { ...others, [REF_NAME]: tag }
  return Object.keys(all).length === 0 ? rest : { ...rest, annotations: all }
}

const REF_NAME = 'org.opencontainers.image.ref.name'
const VERSION = '{"imageLayoutVersion":"1.0.0"}'
const MAX_VERSION_BYTES = 1_024
