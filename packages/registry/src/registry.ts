import {
  type BlobCache,
  debugInfo,
  type Installed,
  install,
  installAll,
  type Listed,
  type LoadedBytes,
  listVersions,
  loadBytes,
  type Outdated,
  outdated,
  type Places,
  type Rechecked,
  type Reviewed,
  recheck,
  repositoryOf,
  reviewReference,
  uninstall,
  type VerifiedVersion,
  verifyReference,
  type Wanted,
} from './install/index.js'
import { type Lock, type LockedPlugin, readLock } from './lock/index.js'
import { parseReference } from './names/index.js'
import { versionInFile } from './publish/index.js'
import { Publisher } from './publisher.js'
import { RegistryContext } from './registry-context.js'
import type { RegistryOptions } from './registry-options.js'
import type { TransferOptions } from './repository/index.js'
import { type Signer, verifyVersion } from './trust/index.js'
import { fetchWit, type WitRequest, type WitResult } from './wit/index.js'

interface InstallAllOptions {
  readonly signal?: AbortSignal
  readonly transferOf?: (text: string) => TransferOptions
}

/** Plugins in registries, and those that an application has installed. Made by `createRegistry`. */
export class Registry extends Publisher {
  readonly #context: RegistryContext

  /** @internal Use `createRegistry`. */
  constructor(options: RegistryOptions, parts: { places: Places; cache: BlobCache }) {
    const context = new RegistryContext(options, parts)
    super(context)
    this.#context = context
  }

  /** Where the plugins are kept that this application uses, with their digests. */
  get lockFile(): string {
    return this.#context.lockFile
  }

  /**
   * Fetches WIT packages with those that they use, checked as plugins are. With `save` they are written into the lock file,
   * in the newest versions of what is `wanted` and with all that is locked already.
   *
   * @throws {WIT_PACKAGE_INVALID} {VERSION_NOT_FOUND} {NOT_TRUSTED} {SIGNATURE_MISSING} {SIGNER_UNTRUSTED}
   *   {CONSENT_REQUIRED} {LOCK_FROZEN} {OFFLINE} {VERSION_REVOKED} {LOCK_INVALID} {LOCK_UNWRITABLE}
   */
  async fetchWit(request: WitRequest, options: TransferOptions = {}): Promise<WitResult> {
    return await fetchWit(request, { ...(await this.#context.forLoad()), asks: true }, options)
  }

  /**
   * Installs the newest version that satisfies `acme:render@^1.2` and fits the application, and writes it into the lock
   * file.
   *
   * @throws {VERSION_NOT_FOUND} {NOT_TRUSTED} {SIGNATURE_MISSING} {SIGNER_UNTRUSTED} {DIGEST_DENIED} {CONSENT_REQUIRED}
   *   {CONSENT_REFUSED} {ARTIFACT_INVALID} {ARTIFACT_MISMATCH} {COMPONENT_TOO_LARGE} {LOCK_FROZEN} {LOCK_INVALID}
   */
  async install(text: string, options: TransferOptions = {}): Promise<Installed> {
    if (this.#context.options.frozen === true) return await this.#locked(text, options)
    const reference = parseReference(text)
    const repository = await repositoryOf(this.#context.places, reference, options.signal)
    return await install(reference, repository, await this.#context.forInstall(), options)
  }

  /**
   * Installs several plugins, or none: what fails leaves the lock file as it was, and the others are in the cache.
   *
   * @param options.transferOf called when the turn of one comes; its `signal` counts for that one
   * @throws what `install` throws
   */
  async installAll(
    texts: readonly string[],
    { signal, transferOf = () => ({ signal }) }: InstallAllOptions = {},
  ): Promise<Installed[]> {
    const { options, places } = this.#context
    if (options.frozen === true) {
      const locked: Installed[] = []
      for (const text of texts) locked.push(await this.#locked(text, transferOf(text)))
      return locked
    }
    const wanted: Wanted[] = []
    for (const text of texts) {
      const reference = parseReference(text)
      const repository = await repositoryOf(places, reference, signal)
      wanted.push({ reference, repository, transfer: () => transferOf(text) })
    }
    return await installAll(wanted, await this.#context.forInstall(), signal)
  }

  /** Takes a plugin out of the lock file. @throws {NOT_INSTALLED} {LOCK_FROZEN} {LOCK_INVALID} {LOCK_UNWRITABLE} */
  async uninstall(name: string): Promise<LockedPlugin> {
    this.#context.refuseFrozen(name)
    return await uninstall(this.lockFile, name)
  }

  /** What is installed, by name. @throws {LOCK_INVALID} */
  async list(): Promise<Lock> {
    return await readLock(this.lockFile)
  }

  /** What is installed beside what there is, WIT packages too. A registry that fails is an `error` of its plugins. @throws {LOCK_INVALID} */
  async outdated({ signal }: TransferOptions = {}): Promise<Outdated[]> {
    const context = await this.#context.forLoad()
    return await outdated(this.lockFile, context, signal)
  }

  /**
   * Asks of everything that is installed, WIT packages too, whether its publisher withdrew it since. For an application that runs for weeks:
   * ask now and then, and close what is `revoked`.
   *
   * @throws {LOCK_INVALID}
   */
  async recheck({ signal }: TransferOptions = {}): Promise<Rechecked[]> {
    const context = await this.#context.forLoad()
    return await recheck(this.lockFile, context, signal)
  }

  /**
   * What `install` would take and ask for, from some kilobytes: nothing is downloaded and nothing changes. For an
   * application that asks its user.
   *
   * @throws what `install` throws before it asks
   */
  async review(text: string, options: TransferOptions = {}): Promise<Reviewed> {
    const reference = parseReference(text)
    const repository = await repositoryOf(this.#context.places, reference, options.signal)
    return await reviewReference(reference, repository, await this.#context.forInstall(), options)
  }

  /** Checks a version as `install` does, without consent, and changes nothing. @throws what `install` throws */
  async verify(text: string, options: TransferOptions = {}): Promise<VerifiedVersion> {
    const reference = parseReference(text)
    const repository = await repositoryOf(this.#context.places, reference, options.signal)
    return await verifyReference(reference, repository, await this.#context.forInstall(), options)
  }

  /**
   * Checks a component that came as a file, by the signature that lies beside it.
   *
   * @param signature a Sigstore bundle, as `signFile` makes it; without one only what may be unsigned passes
   * @param from what stands for the registry in rules of the trust policy. @default 'file'
   * @throws {NOT_PUBLISHABLE} {DIGEST_DENIED} {NOT_TRUSTED} {SIGNATURE_MISSING} {SIGNER_UNTRUSTED}
   */
  async verifyFile(
    component: Uint8Array,
    { signature, from = 'file' }: { signature?: Uint8Array; from?: string } = {},
  ): Promise<{ name: string; version: string; signer: Signer | undefined }> {
    const version = versionInFile(component)
    const { policy, trustOnFirstUse } = await this.#context.forInstall()
    const pinned = (await readLock(this.lockFile)).get(version.name)?.signer
    const bundles = signature === undefined ? [] : [{ bytes: signature, sentKey: undefined }]
    const { signer } = verifyVersion(
      { ...version, registry: from, bundles },
      { policy, trustOnFirstUse, pinned },
    )
    return { name: version.name, version: version.version, signer }
  }

  /** The versions of a package, newest first, as their publishers declare them. */
  async search(
    name: string,
    options: TransferOptions & { limit?: number } = {},
  ): Promise<{ place: string; versions: Listed[]; more: number }> {
    const repository = await this.#context.repositoryOf(name, options)
    const lock = await readLock(this.lockFile)
    const pinned = (of: string) => lock.get(of)?.signer
    const context = { ...(await this.#context.forInstall()), pinned }
    return await listVersions({ name, repository, context }, options, options)
  }

  /**
   * The debug information of a version, by its name or by its digest (`oci://…@sha256:…`).
   *
   * @throws {DEBUG_INFO_MISSING} {CONTENT_TOO_LARGE}, and what `review` throws
   */
  async debugInfo(text: string, options: TransferOptions = {}): Promise<Uint8Array> {
    const reference = parseReference(text)
    const repository = await repositoryOf(this.#context.places, reference, options.signal)
    return await debugInfo(reference, repository, await this.#context.forInstall(), options)
  }

  /**
   * The bytes of a plugin for `host.load`: what is locked from the cache or by its digest, anything else installed first.
   *
   * @throws {LOCK_FROZEN} {OFFLINE}, and what `install` throws
   */
  async resolve(
    reference: string,
    wanted: { imports: readonly string[]; exports: readonly string[]; signal?: AbortSignal },
  ): Promise<LoadedBytes> {
    const context = await this.#context.forLoad({ fit: wanted })
    return await loadBytes(reference, context, { signal: wanted.signal })
  }

  /** What the lock file has already. */
  async #locked(text: string, options: TransferOptions): Promise<Installed> {
    const context = await this.#context.forLoad({ frozen: true })
    const { name, plugin, bytes } = await loadBytes(text, context, options)
    return { name, plugin, bytes, before: plugin.version, changed: false, passedOver: [] }
  }
}
