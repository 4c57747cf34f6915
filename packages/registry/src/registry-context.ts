import path from 'node:path'
import { packageErrors } from './errors/index.js'
import type { BlobCache, Fit, InstallContext, LoadContext, Places } from './install/index.js'
import { LOCK_FILE } from './lock/index.js'
import { parsePackageName } from './names/index.js'
import type { RegistryOptions } from './registry-options.js'
import type { Repository, TransferOptions } from './repository/index.js'
import { NO_POLICY, readPolicy, TRUST_FILE, type TrustPolicy } from './trust/index.js'

const MAX_BYTES = 64 << 20

/** What an application's registries do their work with: its options, and the files that are read anew for each of them. */
export class RegistryContext {
  readonly options: RegistryOptions
  readonly places: Places
  readonly #cache: BlobCache
  readonly #folder: string

  constructor(options: RegistryOptions, { places, cache }: { places: Places; cache: BlobCache }) {
    this.options = options
    this.places = places
    this.#cache = cache
    this.#folder = path.resolve(options.folder ?? '.')
  }

  get lockFile(): string {
    return path.resolve(this.#folder, this.options.lockFile ?? LOCK_FILE)
  }

  /** To resolve and to install. @throws {TRUST_POLICY_INVALID} */
  async forInstall(): Promise<InstallContext> {
    const { confirm, trustOnFirstUse, fit, maxBytes = MAX_BYTES } = this.options
    const policy = await this.#policy()
    return {
      ...{ lockFile: this.lockFile, cache: this.#cache, policy },
      ...{ maxBytes, fit, confirm, trustOnFirstUse },
    }
  }

  /** To take what is locked. @throws {TRUST_POLICY_INVALID} */
  async forLoad(own: { fit?: Fit; frozen?: boolean } = {}): Promise<LoadContext> {
    const { frozen = false, offline = false } = this.options
    return { ...(await this.forInstall()), places: this.places, frozen, offline, ...own }
  }

  /** Where a package is that has no range. */
  async repositoryOf(name: string, { signal }: TransferOptions): Promise<Repository> {
    return await this.places.ofPackage(parsePackageName(name), { signal })
  }

  /** @throws {LOCK_FROZEN} */
  refuseFrozen(name: string): void {
    if (this.options.frozen === true) throw packageErrors.LOCK_FROZEN({ name, reason: 'it would be changed' })
  }

  async #policy(): Promise<TrustPolicy> {
    const { trustFile } = this.options
    const policy = await readPolicy(path.resolve(this.#folder, trustFile ?? TRUST_FILE))
    if (policy !== undefined) return policy
    if (trustFile === undefined) return NO_POLICY
    throw packageErrors.TRUST_POLICY_INVALID({ file: trustFile, reason: 'there is no such file' })
  }
}
