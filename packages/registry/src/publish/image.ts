import { writeImage } from '../artifact/index.js'
import { blobOf, type Repository } from '../repository/index.js'
import { statementsAbout } from '../trust/index.js'
import { declaredBy, type Publication, type PublishedImage } from './publish.js'
import { type PublishOptions, putTagged } from './put-tagged.js'

/**
 * Publishes a version in its second form, beside the first and under a tag of its own. What is signed is the same, about this
 * manifest: nobody installs it from here, since it is no Wasm OCI Artifact.
 *
 * @throws {VERSION_EXISTS} {PUBLISH_CHANGED}
 */
export async function publishImage(
  publication: Publication,
  repository: Repository,
  options: PublishOptions = {},
): Promise<PublishedImage> {
  const { name, version, bytes, facts, manifest, created } = publication
  const image = writeImage(bytes, { facts, manifest, version, created })
  const tag = `image-${version}`
  const published = { ...declaredBy(publication), descriptor: image.descriptor }
  const tagged = {
    ...{ what: `${name}@${version} as an image`, tag },
    ...{ manifest: image.manifest, descriptor: image.descriptor },
    blobs: [{ ...blobOf(image.layer, image.layerDescriptor), isCompared: true }, blobOf(image.config)],
    statements: statementsAbout({ name, version, published }),
  } as const
  const { state, signed } = await putTagged(tagged, repository, options)
  return { tag, manifest: image.descriptor.digest, state, signed }
}
