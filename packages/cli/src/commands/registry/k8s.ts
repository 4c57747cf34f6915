import { closest } from '@wasm-plugin/runtime/text'
import { defineCommand } from '../../command.js'
import { usageErrors } from '../../errors/index.js'
import { type Manifests, manifestsOf, type Shim } from '../../k8s/manifest.js'
import { writeYaml } from '../../k8s/yaml.js'
import { countOf } from '../../parse/count.js'
import { openRegistry } from '../../registry/open-registry.js'
import { registryOption, trustOption } from '../../registry/options.js'
import { transferOf } from '../../registry/transfer.js'

export const k8sCommand = defineCommand({
  name: 'k8s',
  summary: 'Write what runs a published plugin in Kubernetes',
  examples: [
    ['wasm-plugin k8s manifest acme:hello@^1 > hello.yaml', 'in pods of its own, by a shim of containerd'],
    ['wasm-plugin k8s manifest oci://registry.example/acme/hello:1.2.3', 'by its place'],
  ],
  arguments: {
    action: { kind: 'required', description: 'manifest' },
    plugin: { kind: 'required', description: 'a name with a range, or oci://…' },
  },
  options: {
    registry: registryOption,
    name: { kind: 'value', value: 'name', description: "of the objects (default: the plugin's)" },
    replicas: { kind: 'value', value: 'number', description: 'pods (default: 2)' },
    shim: {
      kind: 'value',
      value: 'name',
      description: 'wasm-plugin keeps grants of pods, runwasi none (default: runwasi)',
    },
    runtime: {
      kind: 'value',
      value: 'name',
      description: 'of the shim in the configuration of containerd (default: wasmtime, or wasm-plugin)',
    },
    port: { kind: 'value', value: 'number', description: 'that the plugin listens on (default: 8080)' },
    probe: {
      kind: 'value',
      value: 'path',
      description: 'readiness is a request for it (default: that somebody listens)',
    },
    'trust-on-first-use': trustOption,
  },
  notes: [
    'It is verified as `verify` does. What is published is the image, by its digest. Comments say what the shim does not',
    'keep of what the plugin asks for. `wasm-plugin serve` in a container keeps all of it.',
  ],

  async run(context, { action, plugin, registry: place, ...input }): Promise<Manifests> {
    if (action !== 'manifest')
      throw usageErrors.INVALID_ARGUMENT({
        ...{ name: 'action', value: action, expected: 'manifest', guess: closest(action, ['manifest']) },
      })
    const { replicas = '2', port = '8080', probe } = input
    const shim = shimOf(input.shim ?? 'runwasi')
    const runtime = input.runtime ?? (shim === 'runwasi' ? 'wasmtime' : shim)
    const options = {
      shim,
      replicas: countOf('--replicas', replicas, 1_000, 0),
      port: countOf('--port', port, 65_535, 1_024),
      runtime: label('--runtime', runtime),
      probe: probe === undefined ? undefined : pathOf(probe),
    }
    const name = input.name === undefined ? undefined : label('--name', input.name)
    const trustOnFirstUse = input['trust-on-first-use']
    const registry = await openRegistry(context, { registry: place, names: [plugin], trustOnFirstUse })
    const verified = await registry.verify(plugin, transferOf(context, 'Downloading', plugin))
    return manifestsOf(verified, { ...options, name: name ?? objectName(verified.review.name) })
  },

  render: ({ documents, remarks }) => ({ stdout: writeYaml(documents, remarks).trimEnd() }),
  raw: ['documents', 'remarks'],
})

/** Characters that the name of a Service may have. */
const MAX_NAME = 63

/** @throws {INVALID_OPTION} */
function label(option: string, value: string): string {
  if (value.length <= MAX_NAME && /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/.test(value)) return value
  const expected = `small letters, digits and "-", at most ${MAX_NAME}, and a letter first`
  throw usageErrors.INVALID_OPTION({ option, value, expected })
}

/** @throws {INVALID_OPTION} */
function shimOf(value: string): Shim {
  if (value === 'wasm-plugin' || value === 'runwasi') return value
  throw usageErrors.INVALID_OPTION({ option: '--shim', value, expected: 'wasm-plugin or runwasi' })
}

/** @throws {INVALID_OPTION} */
function pathOf(value: string): string {
  if (/^\/[!-~]*$/.test(value)) return value
  throw usageErrors.INVALID_OPTION({ option: '--probe', value, expected: 'a path, /healthz' })
}

/** `hello` of `acme:hello`, or of the path in a registry that stands for a name. */
function objectName(name: string): string {
  const [last = ''] = name.split(/[:/]/).slice(-1)
  const plain = last
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, MAX_NAME)
    .replaceAll(/^[^a-z]+|-+$/g, '')
  return plain === '' ? 'plugin' : plain
}
