import path from 'node:path'
import type { Published } from '@wasm-plugin/registry'
import { defineCommand } from '../../command.js'
import { usageErrors } from '../../errors/index.js'
import { readNamedFile } from '../../project/files.js'
import { readPublished } from '../../registry/built-plugin.js'
import { openRegistry } from '../../registry/open-registry.js'
import { dryRunOption, keyOption, registryOption } from '../../registry/options.js'
import { readSigningKey } from '../../registry/signing-key.js'
import { sourceDate } from '../../registry/signing-time.js'
import { transferOf } from '../../registry/transfer.js'
import { renderPublished } from '../../render/registry/published.js'

export const publishCommand = defineCommand({
  name: 'publish',
  summary: 'Publish a plugin to a registry or a folder',
  examples: [
    ['wasm-plugin publish --registry ./plugins', 'what this project is built to, into a folder'],
    ['wasm-plugin publish --key acme.key', 'signed, to the registry of its namespace'],
    ['wasm-plugin publish dist/hello.wasm --dry-run', 'what would be published, and where'],
  ],
  arguments: {
    plugin: { kind: 'optional', description: 'the component (default: that of the project in this folder)' },
  },
  options: {
    registry: registryOption,
    key: keyOption,
    debug: {
      kind: 'value',
      value: 'file',
      description:
        'attach this as its debug information, signed; nobody downloads it who does not ask for it',
    },
    image: {
      kind: 'flag',
      description: 'publish an image with a file system too, for volumes of Kubernetes: image-<version>',
    },
    'dry-run': dryRunOption,
  },
  notes: [
    'It is published under the `id` and `version` of wasm-plugin.json, once: a version never changes. Publishing the same',
    'bytes again changes nothing, but for a signature that was not there.',
  ],

  async run(context, input): Promise<Published> {
    const { plugin: file, registry: place, key: keyFile, debug: debugFile, image, 'dry-run': dryRun } = input
    if (debugFile !== undefined && keyFile === undefined)
      throw usageErrors.MISSING_OPTION({ option: '--key', command: 'publish', why: 'what signs --debug' })
    const created = sourceDate(context.env)
    const { bytes, manifest } = await readPublished(context.cwd, file)
    const key = keyFile === undefined ? undefined : await readSigningKey(context, keyFile)
    const names = manifest?.id === undefined ? [] : [manifest.id]
    const registry = await openRegistry(context, { registry: place, names })
    const debug =
      debugFile === undefined
        ? undefined
        : await readNamedFile(path.resolve(context.cwd, debugFile), '--debug')
    const published = await registry.publish(bytes, {
      ...transferOf(context, 'Uploading', manifest?.name ?? 'the plugin'),
      ...(key && { key }),
      ...(created !== undefined && { created }),
      image,
      dryRun,
    })
    if (debug !== undefined && key !== undefined && !dryRun)
      await registry.attachDebug({ ...published, key, bytes: debug }, { signal: context.signal })
    return published
  },

  render: renderPublished,
})
