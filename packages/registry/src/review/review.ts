import { type ManifestRequests, requestsBeyond } from '@wasm-plugin/manifest'
import type { PublishedVersion } from '../artifact/index.js'
import type { LockedPlugin } from '../lock/index.js'
import { compareVersions } from '../names/index.js'
import type { Digest } from '../repository/index.js'
import { printSigner, type Signer, type Verification } from '../trust/index.js'

/** What somebody has to know before a version is taken: all of it from some kilobytes, before the download. */
export interface Review {
  /** A WIT package has no contract and asks for nothing. */
  readonly kind: 'plugin' | 'wit'
  readonly name: string
  readonly version: string
  readonly registry: string
  readonly repository: string
  /** What consent is bound to. */
  readonly manifest: Digest
  readonly content: Digest
  /** Bytes to download. */
  readonly size: number
  readonly description: string | undefined
  readonly world: string | undefined
  readonly signer: Signer | undefined
  /** With the reasons that its author gives. */
  readonly asks: { readonly [K in keyof ManifestRequests]-?: NonNullable<ManifestRequests[K]> }
  /** The publisher's tool did not say what it asks for: that is known only after the download. */
  readonly asksUnknown: boolean
  /** Names of what it imports and exports, sorted; `undefined` if the publisher's tool did not say. */
  readonly imports: readonly string[] | undefined
  readonly exports: readonly string[] | undefined
  /** What is not as it was, or is there for the first time, and needs consent. */
  readonly changes: readonly Change[]
}

/** A difference that nobody should take without having seen it; `text` says it in words. */
export interface Change {
  readonly kind: 'signer' | 'registry' | 'downgrade' | 'capability' | 'name' | 'withdrawn'
  readonly text: string
}

export interface ReviewInput {
  readonly name: string
  readonly version: string
  readonly registry: string
  readonly repository: string
  readonly published: PublishedVersion
  readonly verification: Verification
  readonly installed: Before | undefined
  /** Names that are installed and differ from this one by a slip. */
  readonly similar: readonly string[]
}

/** What is there already. A WIT package asks for nothing. */
export type Before = Pick<LockedPlugin, 'version' | 'registry' | 'repository' | 'signer'> & {
  readonly capabilities?: ManifestRequests
}

export function review(input: ReviewInput): Review {
  const { name, version, registry, repository, published, verification } = input
  const { manifest } = published
  const { fs = [], net = [], env = [] } = manifest?.capabilities ?? {}
  return {
    kind: 'plugin',
    name,
    version,
    registry,
    repository,
    manifest: published.descriptor.digest,
    content: published.layer.digest,
    size: published.layer.size,
    description: manifest?.description,
    world: manifest?.world,
    signer: verification.signer,
    asks: { fs, net, env },
    asksUnknown: manifest === undefined,
    imports: published.imports,
    exports: published.exports,
    changes: changesOf(input),
  }
}

function changesOf({
  version,
  registry,
  repository,
  published,
  verification,
  installed,
  similar,
}: ReviewInput): Change[] {
  const changes: Change[] = []
  const add = (kind: Change['kind'], text: string) => changes.push({ kind, text })
  const { status } = verification
  if (status !== undefined) add('withdrawn', `it was ${status.status} by its publisher: ${status.reason}`)
  for (const other of similar) add('name', `its name is nearly that of ${other}, which is installed`)
  if (installed === undefined) {
    for (const text of asked(published.manifest?.capabilities ?? {})) add('capability', `it asks for ${text}`)
    return changes
  }
  if (verification.newSigner)
    add(
      'signer',
      `it was signed by ${printSigner(installed.signer)}, and is now by ${printSigner(verification.signer)}`,
    )
  if (registry !== installed.registry || repository !== installed.repository)
    add(
      'registry',
      `it came from ${installed.registry}/${installed.repository}, and would now from ${registry}/${repository}`,
    )
  if (compareVersions(version, installed.version) < 0)
    add('downgrade', `it is older than ${installed.version}, which is installed`)
  for (const text of asked(
    requestsBeyond(installed.capabilities ?? {}, published.manifest?.capabilities ?? {}),
  ))
    add('capability', `it asks for ${text}, which it did not before`)
  return changes
}

function asked({ fs = [], net = [], env = [] }: ManifestRequests): string[] {
  return [
    ...fs.map(({ at, access, reason }) => `files at ${at} (${access}: ${reason})`),
    ...net.map(({ allow, reason }) => `the network, ${allow} (${reason})`),
    ...env.map(({ key, reason }) => `the variable ${key} (${reason})`),
  ]
}
