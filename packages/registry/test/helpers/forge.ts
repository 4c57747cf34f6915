import { blobOf, type Descriptor, digestOf, mediaTypes, type Repository } from '@wasm-plugin/registry'

/** The documents of a version, taken apart, to be put together differently. */
export interface Documents {
  // biome-ignore lint/suspicious/noExplicitAny: whatever an attacker writes.
  manifest: any
  // biome-ignore lint/suspicious/noExplicitAny: whatever an attacker writes.
  config: any
}

/** Puts a changed copy of a version under a tag, with digests and sizes that are right again. */
export async function forge(
  repository: Repository,
  { from, tag, change }: { from: string; tag: string; change(documents: Documents): void },
): Promise<Descriptor> {
  const stored = await repository.manifest(from)
  if (stored === undefined) throw new Error(`there is no ${from}`)
  const manifest = JSON.parse(Buffer.from(stored.bytes).toString())
  const documents: Documents = {
    manifest,
    config: JSON.parse((await readAll(repository.readBlob(manifest.config))).toString()),
  }
  change(documents)
  const config = Buffer.from(JSON.stringify(documents.config))
  await repository.putBlob(blobOf(config))
  Object.assign(documents.manifest.config, { digest: digestOf(config), size: config.length })
  return await repository.putManifest(Buffer.from(JSON.stringify(documents.manifest)), { tag })
}

/** Offers a version of one package, as it is, as one of another. */
export async function copyVersion(
  from: Repository,
  to: Repository,
  { from: tag, tag: as }: { from: string; tag: string },
): Promise<Descriptor> {
  const stored = await from.manifest(tag)
  if (stored === undefined) throw new Error(`there is no ${tag}`)
  const { config, layers } = stored.document as { config: Descriptor; layers: Descriptor[] }
  for (const blob of [config, ...layers]) await to.putBlob(blobOf(await readAll(from.readBlob(blob))))
  return await to.putManifest(stored.bytes, { tag: as })
}

/** Attaches any bytes as a signature of `subject`, with whatever public key is said to be theirs. */
export async function attachBundle(
  repository: Repository,
  subject: Descriptor,
  bundle: Uint8Array,
  annotations: Record<string, string> = {},
): Promise<void> {
  const empty = Buffer.from('{}')
  for (const bytes of [empty, bundle]) await repository.putBlob(blobOf(bytes))
  const referrer = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: mediaTypes.bundle,
    config: { mediaType: mediaTypes.empty, digest: digestOf(empty), size: empty.length },
    layers: [{ mediaType: mediaTypes.bundle, digest: digestOf(bundle), size: bundle.length }],
    subject,
    annotations,
  }
  await repository.attach(subject, [Buffer.from(JSON.stringify(referrer))])
}

/** The signatures that are attached to a version, as bytes. */
export async function bundlesOf(repository: Repository, tag: string): Promise<Buffer[]> {
  const stored = await repository.manifest(tag)
  const found: Buffer[] = []
  for (const { digest } of await repository.referrers(stored?.descriptor.digest ?? 'sha256:')) {
    const referrer = await repository.manifest(digest)
    const [layer] = (referrer?.document.layers ?? []) as Descriptor[]
    if (layer !== undefined) found.push(await readAll(repository.readBlob(layer)))
  }
  return found
}

export async function readAll(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const list: Uint8Array[] = []
  for await (const piece of pieces) list.push(piece)
  return Buffer.concat(list)
}
