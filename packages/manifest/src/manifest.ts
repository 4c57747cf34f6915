import { errors } from './errors.js'
import { checkShape } from './issue.js'
import { manifestSchema } from './schema.js'

/** `wasm-plugin.json`: what a plugin is, and what it asks for. */
export interface Manifest {
  $schema?: string | undefined
  manifestVersion: 1
  /** `namespace:name`, unique in a registry. */
  id?: string | undefined
  name: string
  /** Semantic version. */
  version: string
  description?: string | undefined
  /** The WIT world it is built for, as `namespace:package/world@version`. */
  world?: string | undefined
  capabilities: ManifestRequests
}

/** What a plugin asks for. A host grants of it what it allows, and never more than is asked for. */
export interface ManifestRequests {
  fs?: FsRequest[] | undefined
  net?: NetRequest[] | undefined
  env?: EnvRequest[] | undefined
}

export interface FsRequest {
  /** Absolute path as the plugin sees it. */
  at: string
  access: 'read' | 'read-write'
  /** For the person who decides: one sentence. */
  reason: string
}

export interface NetRequest {
  /** A pattern, `[METHOD ]scheme://host[:port][/path/**]`. */
  allow: string
  reason: string
}

export interface EnvRequest {
  key: string
  reason: string
}

const MAX_BYTES = 256 << 10

/**
 * Parses and checks the text of a manifest. `capabilities` is always there in the result.
 *
 * @param file what errors call it, where it is a file
 * @throws {MANIFEST_NOT_JSON} {MANIFEST_INVALID} {MANIFEST_TOO_LARGE} {NET_PATTERN_INVALID}
 */
export function parseManifest(text: string, file?: string): Manifest {
  if (text.length > MAX_BYTES) throw errors.MANIFEST_TOO_LARGE({ bytes: text.length, max: MAX_BYTES, file })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'not JSON'
    throw errors.MANIFEST_NOT_JSON({ reason, file }, error)
  }
  return checkManifest(json, file)
}

/**
 * The same for a manifest that is already an object.
 *
 * @throws {MANIFEST_INVALID} {NET_PATTERN_INVALID}
 */
export function checkManifest(json: unknown, file?: string): Manifest {
  const { data, issue } = checkShape(manifestSchema, json)
  if (issue !== undefined) throw errors.MANIFEST_INVALID({ ...issue, file })
  return { ...data, capabilities: data.capabilities ?? {} }
}
