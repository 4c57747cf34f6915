import { parsePackageName } from './names/index.js'
import {
  attachDebug,
  type DebugRequest,
  type DryRunOptions,
  mirror,
  type Published,
  preparePublication,
  prepareWit,
  publish,
  publishImage,
  setStatus,
  signVersion,
  statementOfVersion,
} from './publish/index.js'
import type { RegistryContext } from './registry-context.js'
import type { Digest, TransferOptions } from './repository/index.js'
import type { SigningKey, Statement } from './sign/index.js'
import type { Status } from './trust/index.js'

type PublishOptions = TransferOptions & { key?: SigningKey; dryRun?: boolean; created?: string }

/** What whoever publishes packages does with registries. An application has it as part of its `Registry`. */
export class Publisher {
  readonly #context: RegistryContext

  /** @internal Use `createRegistry`. */
  constructor(context: RegistryContext) {
    this.#context = context
  }

  /**
   * Publishes a component under the id and the version of its manifest.
   *
   * @param options.key signs it; without one nothing does
   * @param options.image publishes it as an image with a file system too, under the tag `image-<version>`
   * @throws {NOT_PUBLISHABLE} {VERSION_INVALID} {VERSION_EXISTS} {PUBLISH_CHANGED}, what reading a component throws, and
   *   what its registry throws
   */
  async publish(
    component: Uint8Array,
    { image = false, ...options }: PublishOptions & { image?: boolean } = {},
  ): Promise<Published> {
    const publication = preparePublication(component, options.created)
    const repository = await this.#context.places.ofPackage(parsePackageName(publication.name), options)
    const published = await publish(publication, repository, options)
    return image ? { ...published, image: await publishImage(publication, repository, options) } : published
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
}
