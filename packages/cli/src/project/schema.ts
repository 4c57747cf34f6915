import { manifestJsonSchema } from '@wasm-plugin/manifest'
import { buildSettings, type Setting } from './settings.js'

/** The published JSON Schema of a project's `wasm-plugin.json`: the manifest of the plugin, and how it is built. */
export function projectJsonSchema(): Record<string, unknown> {
  const { properties, ...manifest } = manifestJsonSchema()
  const build = {
    type: 'object',
    description: 'How `wasm-plugin build` builds the project.',
    properties: Object.fromEntries(
      Object.entries(buildSettings).map(([name, setting]) => [name, settingSchema(setting)]),
    ),
    additionalProperties: false,
  }
  return {
    ...manifest,
    title: 'wasm-plugin.json of a plugin project',
    properties: { ...(properties as object), build },
  }
}

function settingSchema(setting: Setting): Record<string, unknown> {
  const { description, default: normal } = setting
  return { ...valueSchema(setting), description, ...(normal === undefined ? {} : { default: normal }) }
}

function valueSchema(setting: Setting): Record<string, unknown> {
  const word = { type: 'string', minLength: 1 }
  switch (setting.kind) {
    case 'text':
      return word
    case 'choice':
      return { enum: setting.choices }
    case 'texts':
      return { type: 'array', items: setting.inside ? { ...word, pattern: INSIDE } : word }
  }
}

/** Neither absolute nor out of the project at once; the build sees through the rest. */
const INSIDE = '^(?!/|\\.\\.(/|$))'
