import * as z from '@wasm-plugin/manifest/shape'
import { type Capability, kept, opened, renumbered } from '../capability.js'
import { byKey, narrowValues, valueName } from '../values.js'

const schema = z.record(valueName, z.string())

/** Values of `wasi:config/store`. A manifest cannot ask for them: they are the host's alone to give. */
export const config: Capability<'config', typeof schema> = {
  schema,
  agree: (input = {}, { book }) => ({
    config: Object.entries(input).map(([key, value]) => ({ id: book.add(`config ${key}`), key, value })),
  }),
  narrow: (now, input) => ({ config: narrowValues('config', now.config, input) }),
  without: ({ config }, ids) => ({ config: kept(config, ids) }),
  numbered: ({ config }, rule) => ({ config: renumbered(config, ({ key }) => rule(`config ${key}`)) }),
  view: ({ config }) => byKey(config),
  interfaces: opened(['wasi:config/store'], {
    fix: "Grant values: `grants: { config: { theme: 'dark' } }`.",
    isGranted: ({ config }) => config.length > 0,
  }),
}
