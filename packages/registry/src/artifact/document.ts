import { checkManifest, type Manifest } from '@wasm-plugin/manifest'
import { checkShape } from '@wasm-plugin/manifest/shape'
import { isPlainText } from '@wasm-plugin/runtime/text'
import * as z from 'zod/mini'
import { packageErrors } from '../errors/index.js'
import { isDigest, mediaTypes } from '../repository/index.js'

/** The key of a config that has the manifest of a plugin. Tools that do not know it pass over it. */
export const MANIFEST_KEY = 'dev.wasm-plugin.manifest'

const digest = z.custom<`sha256:${string}`>(isDigest, 'expected a sha256 digest')
const size = z.int().check(z.nonnegative())
/** Names are shown in reviews. */
const name = z
  .string()
  .check(z.maxLength(500), z.refine(isPlainText, 'expected a name without hidden characters'))
const names = z.array(name).check(z.maxLength(20_000))

/** An image manifest that is a Wasm OCI Artifact. Its readers refuse more than one layer. */
const artifactSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.literal(mediaTypes.manifest),
  config: z.object({
    mediaType: z.literal(mediaTypes.wasmConfig),
    digest,
    size: size.check(z.maximum(64 << 10)),
  }),
  layers: z.tuple([z.object({ mediaType: z.literal(mediaTypes.wasm), digest, size })]),
  annotations: z.optional(z.record(z.string(), z.string())),
})

/** Its config. What other writers of the format leave out is optional. */
const configSchema = z.object({
  created: z.optional(z.nullable(z.string())),
  architecture: z.literal('wasm'),
  os: z.enum(['wasip2', 'wasip3']),
  layerDigests: z.tuple([digest]),
  component: z.optional(
    z.nullable(z.object({ imports: names, exports: names, target: z.optional(z.nullable(name)) })),
  ),
  [MANIFEST_KEY]: z.optional(z.unknown()),
})

export type ArtifactDocument = z.infer<typeof artifactSchema>
export type ConfigDocument = Omit<z.infer<typeof configSchema>, typeof MANIFEST_KEY> & {
  /** What the plugin is and asks for, as its publisher declares it. */
  readonly manifest: Manifest | undefined
}

/**
 * Checks an image manifest.
 *
 * @param what where it is, for the message
 * @throws {ARTIFACT_INVALID}
 */
export function checkArtifact(document: unknown, what: string): ArtifactDocument {
  return checked(artifactSchema, document, what)
}

/**
 * Checks the config of one.
 *
 * @throws {ARTIFACT_INVALID} {MANIFEST_INVALID} {NET_PATTERN_INVALID}
 */
export function checkConfig(document: unknown, what: string): ConfigDocument {
  const { [MANIFEST_KEY]: manifest, ...config } = checked(configSchema, document, what)
  return { ...config, manifest: manifest === undefined ? undefined : checkManifest(manifest) }
}

function checked<T extends z.ZodMiniType>(schema: T, document: unknown, what: string): z.infer<T> {
  const { data, issue } = checkShape(schema, document)
  if (issue === undefined) return data
  const { path, reason } = issue
  throw packageErrors.ARTIFACT_INVALID({ what, reason: path === '' ? reason : `${path}: ${reason}` })
}
