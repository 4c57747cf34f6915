import type { Hash } from 'node:crypto'
import type { Digest } from './digest.js'

/** Says what some bytes are without holding them (image-spec, "descriptor"). */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  /** Bytes. */
  readonly size: number
  /** What a referrer is. A hint of the registry: the manifest itself decides. */
  readonly artifactType?: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** A manifest or an index as it was stored. Its digest has been compared with its bytes. */
export interface StoredManifest {
  readonly descriptor: Descriptor
  readonly bytes: Uint8Array
  /** The parsed document: an object, of which nothing else has been checked. */
  readonly document: Readonly<Record<string, unknown>>
}

/** Bytes to be uploaded, which can be read more than once: an upload that broke off goes on where it was. */
export interface BlobSource {
  readonly digest: Digest
  /** Bytes. */
  readonly size: number
  /** Whether what is read has been compared with the digest already, so that an upload need not. @default false */
  readonly isCompared?: boolean
  /** The bytes from `offset` on. */
  read(offset: number): AsyncIterable<Uint8Array>
}

export interface TransferOptions {
  readonly signal?: AbortSignal | undefined
  /** Called as bytes move, with the bytes so far; not more often than ten times a second. */
  readonly onProgress?: ((moved: number, total: number) => void) | undefined
}

/** The beginning of a blob that somebody has already: how many bytes, and what they hash to so far. */
export interface BlobStart {
  readonly size: number
  readonly hash: Hash
}

/**
 * All versions of one package: a repository of an OCI registry, or an OCI image layout in a folder. Whatever it gives has
 * been compared with its digest, and is no longer than it was said to be.
 */
export interface Repository {
  /** Where it is, as lock files and messages name it: `ghcr.io`, `127.0.0.1:5000`, or `dir:/srv/plugins`. */
  readonly registry: string
  /** Its path there: `acme/render`. */
  readonly path: string

  /** The manifest under a tag or a digest; `undefined` if there is none. */
  manifest(reference: string, options?: TransferOptions): Promise<StoredManifest | undefined>
  /** Stores a manifest by its digest, and under `tag` if there is one. */
  putManifest(
    bytes: Uint8Array,
    options?: TransferOptions & { tag?: string | undefined },
  ): Promise<Descriptor>

  hasBlob(digest: Digest, options?: TransferOptions): Promise<boolean>
  /**
   * The bytes of a blob, verified: the last piece comes only after the digest has been compared. With `start`, those that
   * come after it.
   */
  readBlob(
    blob: Descriptor,
    options?: TransferOptions & { start?: BlobStart | undefined },
  ): AsyncIterable<Uint8Array>
  /** Stores a blob unless it is there. `from` is another repository of the registry that may have it already. */
  putBlob(blob: BlobSource, options?: TransferOptions & { from?: string | undefined }): Promise<void>

  /** All tags, in no particular order. None if the repository does not exist. */
  tags(options?: TransferOptions): Promise<readonly string[]>
  /** The manifests whose subject is `subject`, at most 50 of them. */
  referrers(
    subject: Digest,
    options?: TransferOptions & { artifactType?: string | undefined },
  ): Promise<readonly Descriptor[]>
  /** Stores manifests that refer to `subject` so that `referrers` finds them, in whatever way the registry has. */
  attach(subject: Descriptor, manifests: readonly Uint8Array[], options?: TransferOptions): Promise<void>
}
