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
import { parsePackageName, parseReference } from './names/index.js'
import {
  attachDebug,
  type DebugRequest,
  type DryRunOptions,
  mirror,
  type Published,
  preparePublication,
  prepareWit,
  publish,
  setStatus,
  signVersion,
  statementOfVersion,
  versionInFile,
} from './publish/index.js'
import { RegistryContext } from './registry-context.js'
import type { RegistryOptions } from './registry-options.js'
import type { Digest, TransferOptions } from './repository/index.js'
import type { SigningKey, Statement } from './sign/index.js'
import { type Signer, type Status, verifyVersion } from './trust/index.js'
import { fetchWit, type WitRequest, type WitResult } from './wit/index.js'

type PublishOptions = TransferOptions & { key?: SigningKey; dryRun?: boolean; created?: string }

interface InstallAllOptions {
  readonly signal?: AbortSignal
  readonly transferOf?: (text: string) => TransferOptions
}

/** Plugins in registries, and those that an application has installed. Made by `createRegistry`. */
export class Registry {
  readonly #context: RegistryContext

  /** @internal Use `createRegistry`. */
  constructor(options: RegistryOptions, parts: { places: Places; cache: BlobCache }) {
    this.#context = new RegistryContext(options, parts)
  }

  /** Where the plugins are kept that this application uses, with their digests. */
  get lockFile(): string {
    return this.#context.lockFile
  }

  /**
   * Publishes a component under the id and the version of its manifest.
   *
   * @param options.key signs it; without one nothing does
   * @throws {NOT_PUBLISHABLE} {VERSION_INVALID} {VERSION_EXISTS} {PUBLISH_CHANGED}, what reading a component throws, and
   *   what its registry throws
   */
  async publish(component: Uint8Array, options: PublishOptions = {}): Promise<Published> {
    const publication = preparePublication(component, options.created)
    const repository = await this.#context.places.ofPackage(parsePackageName(publication.name), options)
    return await publish(publication, repository, options)
  }

  /**
   * Publishes a WIT package in its binary form, under the name and the version that it has.
   *
   * @param options.key signs it; without one nothing does
   * @throws {WIT_PACKAGE_INVALID} {VERSION_INVALID} {VERSION_EXISTS} {PUBLISH_CHANGED}, and what its registry throws
   */
  async publishWit(bytes: Uint8Array, options: PublishOptions = {}): Promise<Published> {
    const publication = prepareWit(bytes, options.created)
    const repository = await this.#context.places.ofPackage(parsePackageName(publication.name), options)
    return await publish(publication, repository, options)
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
    return await listVersions(await this.#context.repositoryOf(name, options), options, options)
  }

  /** Signs a version that is published already. @throws {VERSION_NOT_FOUND} {ARTIFACT_INVALID} */
  async sign(
    { name, version, key }: { name: string; version: string; key: SigningKey },
    options: DryRunOptions = {},
  ): Promise<{ manifest: Digest; signed: number }> {
    return await signVersion(await this.#context.repositoryOf(name, options), { name, version, key }, options)
  }

  /**
   * What `sign` signs of a version, and where that is: for signers of others, such as `cosign attest`, whose word counts
   * then as ours does.
   *
   * @throws {VERSION_NOT_FOUND} {ARTIFACT_INVALID}
   */
  async statement(
    { name, version }: { name: string; version: string },
    options: TransferOptions = {},
  ): Promise<Statement & { registry: string; repository: string }> {
    const repository = await this.#context.repositoryOf(name, options)
    const statement = await statementOfVersion(repository, { name, version }, options)
    return { ...statement, registry: repository.registry, repository: repository.path }
  }

  /**
   * Attaches debug information to a published version, signed with its key. Nobody downloads it who does not ask for it.
   *
   * @throws {CONTENT_TOO_LARGE} {VERSION_NOT_FOUND} {VERSION_EXISTS}
   */
  async attachDebug(
    request: DebugRequest,
    options: DryRunOptions = {},
  ): Promise<{ manifest: Digest; debug: Digest }> {
    return await attachDebug(await this.#context.repositoryOf(request.name, options), request, options)
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
   * Says of a version, signed, that it should not be taken any more: new installs pass over it. With `revoked` those that
   * have it are told not to run it.
   *
   * @throws {VERSION_NOT_FOUND}
   */
  async withdraw(
    { name, version, key, ...status }: { name: string; version: string; key: SigningKey } & Status,
    options: DryRunOptions = {},
  ): Promise<{ manifest: Digest }> {
    return await setStatus(
      await this.#context.repositoryOf(name, options),
      { name, version, status, key },
      options,
    )
  }

  /** Copies a version with its signatures to another registry or folder, byte for byte. @throws {VERSION_NOT_FOUND} */
  async mirror(
    { name, version, to }: { name: string; version: string; to: string },
    options: DryRunOptions = {},
  ): Promise<{ manifest: Digest; attached: number }> {
    const from = await this.#context.repositoryOf(name, options)
    return await mirror(from, await this.#context.places.at(to, from.path), { name, version }, options)
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
