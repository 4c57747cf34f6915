import { defineErrors, describeErrors, type ErrorRow } from '@wasm-plugin/runtime/errors'

const row = <D>(r: ErrorRow<D>): ErrorRow<D> => r

/** Every code of manifests and of the patterns in them. Codes are permanent: add, never rename. */
export const manifestErrorTable = {
  MANIFEST_NOT_JSON: row<{ reason: string; file?: string | undefined }>({
    origin: 'plugin',
    summary: 'The manifest is not a JSON document.',
    message: (d) => `${d.file ?? 'the manifest'} is not JSON: ${d.reason}`,
    hint: 'Write it as JSON in UTF-8; comments and trailing commas are not JSON.',
  }),
  MANIFEST_INVALID: row<{
    path: string
    reason: string
    fix?: string | undefined
    file?: string | undefined
  }>({
    origin: 'plugin',
    summary: 'The manifest has an unknown key, misses one, or has a value of the wrong type.',
    message: (d) =>
      `${d.file === undefined ? 'invalid manifest' : `${d.file} is invalid`}${d.path === '' ? '' : ` at ${d.path}`}: ${d.reason}`,
    hint: (d) =>
      d.fix ??
      'Write what the message expects. With `"$schema": "./node_modules/@wasm-plugin/cli/schema/project.v1.json"` an editor checks the file as it is written.',
  }),
  MANIFEST_TOO_LARGE: row<{ bytes: number; max: number; file?: string | undefined }>({
    origin: 'plugin',
    summary: 'The manifest is larger than a manifest may be.',
    message: (d) => `${d.file ?? 'the manifest'} has ${d.bytes} bytes, over the limit of ${d.max}`,
    hint: 'Put data in the component itself; a manifest says what the plugin is and what it asks for.',
  }),
  MANIFEST_DUPLICATE: row<{ count: number }>({
    origin: 'plugin',
    summary: 'The component has more than one embedded manifest, so none can be trusted.',
    message: (d) => `the component has ${d.count} embedded manifests`,
    hint: 'Build the plugin again from its sources with `wasm-plugin build`.',
  }),
  NET_PATTERN_INVALID: row<{ pattern: string; reason: string }>({
    origin: 'app',
    summary: 'A network pattern cannot be parsed.',
    message: (d) => `the network pattern "${d.pattern}" is invalid: ${d.reason}`,
    hint: 'Write `[METHOD ]scheme://host[:port][/path/**]`, for example `GET https://api.example.com/v1/**`.',
  }),
} as const

export const errors = defineErrors(manifestErrorTable)
export const manifestErrorDocs = describeErrors(manifestErrorTable)
