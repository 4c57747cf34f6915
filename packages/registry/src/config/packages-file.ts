import path from 'node:path'
import { parse } from 'smol-toml'
import * as z from 'zod/mini'
import { transportErrors as errors } from '../errors/index.js'
import { type Credentials, checkRegistry } from '../oci/index.js'
import { decodeBasic } from './basic.js'
import { type OciMetadata, readMetadata } from './metadata.js'
import { readConfigFile } from './read-file.js'
import { parseTarget, type Target } from './target.js'

/** A target, and what a file says of its registry so that the registry is not asked. */
export type Mapping = Target & { readonly metadata?: OciMetadata | undefined }

export interface RegistrySettings {
  readonly plainHttp?: boolean | undefined
  readonly credentials?: Credentials | undefined
  /** Certificates in PEM. */
  readonly ca?: string | undefined
}

/** What one file says. */
export interface PackagesFile {
  readonly packages: ReadonlyMap<string, Mapping>
  readonly namespaces: ReadonlyMap<string, Mapping>
  readonly fallback: Mapping | undefined
  readonly settings: ReadonlyMap<string, RegistrySettings>
}

/**
 * Reads a file of the form that wkg has for its `config.toml`, in which `dir:` names a folder too. `undefined` if it is not
 * there.
 *
 * @param mayTrust Whether it is the user's own. One that comes with a project says where packages are, and never that a
 *   registry is spoken to in the clear, by whose certificates, or as whom.
 * @throws {REGISTRY_CONFIG_INVALID}
 */
export async function readPackagesFile(file: string, mayTrust: boolean): Promise<PackagesFile | undefined> {
  const text = await readConfigFile(file)
  if (text === undefined) return undefined
  const fail = (reason: string, cause?: unknown) => errors.REGISTRY_CONFIG_INVALID({ file, reason }, cause)
  const document = parseToml(text, fail)
  if (!mayTrust && document.registry !== undefined)
    throw fail(
      'how a registry is spoken to is said by the user alone: move `registry` to your own config.toml',
    )
  const read = (name: string, mapping: z.infer<typeof MAPPING>): Mapping => {
    const { registry, metadata = undefined } = typeof mapping === 'string' ? { registry: mapping } : mapping
    try {
      const target = parseTarget(registry, path.dirname(file))
      return metadata === undefined ? target : { ...target, metadata: readMetadata(metadata, registry) }
    } catch (error) {
      throw fail(`${name}: ${(error as Error).message}`, error)
    }
  }
  const readAll = (mappings: Record<string, z.infer<typeof MAPPING>> = {}) =>
    new Map(Object.entries(mappings).map(([name, mapping]) => [name, read(name, mapping)]))
  const fallback = document.default_registry
  return {
    packages: readAll(document.package_registry_overrides),
    namespaces: readAll(document.namespace_registries),
    fallback: fallback === undefined ? undefined : read('default_registry', fallback),
    settings: new Map(
      Object.entries(document.registry ?? {}).map(([name, { oci = {} }]) => [
        checkRegistry(name),
        settingsOf(oci, fail),
      ]),
    ),
  }
}

type Fail = (reason: string, cause?: unknown) => Error

function parseToml(text: string, fail: Fail): z.infer<typeof FILE> {
  let document: unknown
  try {
    document = parse(text)
  } catch (error) {
    throw fail(`it is not TOML: ${(error as Error).message.split('\n')[0]}`, error)
  }
  const parsed = FILE.safeParse(document)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw fail(`${issue?.path.join('.')}: ${issue?.message}`)
}

function settingsOf(oci: z.infer<typeof OCI>, fail: Fail): RegistrySettings {
  const { protocol, auth, extra_root_certificates: certificates = [] } = oci
  if (certificates.some(({ encoding }) => encoding !== 'pem'))
    throw fail('extra_root_certificates: certificates in PEM are understood')
  const credentials =
    typeof auth === 'string' ? decodeBasic(auth) : auth && { kind: 'password' as const, ...auth }
  if (auth !== undefined && credentials === undefined)
    throw fail('auth: it is not the base64 of a user name, a colon and a password')
  const ca = certificates.map(({ data }) => data).join('\n')
  return { ...(protocol && { plainHttp: protocol === 'http' }), credentials, ca: ca || undefined }
}

const MAPPING = z.union([z.string(), z.object({ registry: z.string(), metadata: z.optional(z.unknown()) })])
const OCI = z.object({
  protocol: z.optional(z.enum(['http', 'https'])),
  auth: z.optional(z.union([z.string(), z.object({ username: z.string(), password: z.string() })])),
  extra_root_certificates: z.optional(z.array(z.object({ encoding: z.string(), data: z.string() }))),
})
const FILE = z.object({
  default_registry: z.optional(z.string()),
  namespace_registries: z.optional(z.record(z.string(), MAPPING)),
  package_registry_overrides: z.optional(z.record(z.string(), MAPPING)),
  registry: z.optional(z.record(z.string(), z.object({ oci: z.optional(OCI) }))),
})
