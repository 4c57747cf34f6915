import { type Manifest, readManifest } from '@wasm-plugin/manifest'
import { decodeComponent, errors as runtimeErrors } from '@wasm-plugin/runtime/internal'
import { isPlainText } from '@wasm-plugin/runtime/text'
import { type Digest, digestOf } from '../repository/index.js'
import { isWitPackage } from './wit-facts.js'

/** What a component says of itself, read from its bytes alone. Nothing of it runs. */
export interface PluginFacts {
  readonly content: { readonly digest: Digest; readonly size: number }
  /** What it is and asks for, from its own section. */
  readonly manifest: Manifest | undefined
  /** Names of imports and exports, as `acme:site/render@0.1.0` or the name of a function, sorted. */
  readonly imports: readonly string[]
  readonly exports: readonly string[]
  /** Sections that other tools write as well, as annotations of an image are called: `licenses`, `source`, … */
  readonly labels: Readonly<Partial<Record<Label, string>>>
}

const LABELS = ['description', 'authors', 'licenses', 'source', 'homepage', 'revision'] as const
export type Label = (typeof LABELS)[number]

/** A label is shown in lists; a registry takes 4 MiB of annotations together. */
const MAX_LABEL_BYTES = 1_000

/**
 * @param digest What the bytes hash to, if somebody knows: of a large component it is most of the work.
 * @throws {NOT_WASM} {CORE_MODULE} {WIT_PACKAGE} {MALFORMED_COMPONENT} {INVALID_COMPONENT} {UNSUPPORTED_FEATURE}
 *   {LIMIT_EXCEEDED} {MANIFEST_DUPLICATE} {MANIFEST_NOT_JSON} {MANIFEST_INVALID} {MANIFEST_TOO_LARGE}
 */
export function readFacts(bytes: Uint8Array, digest = digestOf(bytes)): PluginFacts {
  const checked = decodeComponent(bytes)
  if (isWitPackage(checked)) throw runtimeErrors.WIT_PACKAGE({})
  const { root, customSections, size } = checked
  const labels = LABELS.flatMap((name) => {
    const section = customSections.find((one) => one.name === name)?.bytes
    const text = section !== undefined && section.length <= MAX_LABEL_BYTES ? decodeText(section) : undefined
    return text === undefined ? [] : [[name, text] as const]
  })
  return {
    content: { digest, size },
    manifest: readManifest(customSections),
    imports: [...root.type.imports.keys()].sort(),
    exports: [...root.type.exports.keys()].sort(),
    labels: Object.fromEntries(labels),
  }
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return isPlainText(text) ? text : undefined
  } catch {
    return undefined
  }
}
