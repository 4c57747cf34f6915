import { defineCommand } from '../../command.js'
import { usageErrors } from '../../errors/index.js'
import { statusLine } from '../../output/printer.js'
import { exactVersion } from '../../registry/exact-version.js'
import { openRegistry } from '../../registry/open-registry.js'
import { dryRunOption, registryOption } from '../../registry/options.js'
import { refuseBareFolder } from '../../registry/place.js'
import { transferOf } from '../../registry/transfer.js'

interface MirrorResult {
  readonly name: string
  readonly version: string
  readonly to: string
  readonly manifest: string
  /** Signatures and other documents that were copied with it. */
  readonly attached: number
  readonly dryRun: boolean
}

export const mirrorCommand = defineCommand({
  name: 'mirror',
  summary: 'Copy a version with its signatures to another registry or folder',
  examples: [
    ['wasm-plugin mirror acme:render@1.2.3 --to ghcr.io', 'from where it is configured to be'],
    ['wasm-plugin mirror acme:render@1.2.3 --registry ./plugins --to 127.0.0.1:5000', 'from a folder'],
  ],
  arguments: { version: { kind: 'required', description: 'a name with its exact version' } },
  options: {
    to: { kind: 'value', value: 'place', description: 'a registry, or a folder as dir:./copies' },
    registry: registryOption,
    'dry-run': dryRunOption,
  },

  async run(context, { version: text, to, registry: place, 'dry-run': dryRun }): Promise<MirrorResult> {
    const { name, version } = exactVersion(text)
    if (to === undefined)
      throw usageErrors.MISSING_OPTION({ option: '--to', command: 'mirror', why: 'where the copy goes' })
    refuseBareFolder(context.cwd, '--to', to)
    const registry = await openRegistry(context, { registry: place, names: [name] })
    const transfer = { ...transferOf(context, 'Copying', `${name}@${version}`), dryRun }
    // A folder is named as `--registry` takes it.
    const target = /^\.{0,2}[\\/]/.test(to) ? `dir:${to}` : to
    return { name, version, to, dryRun, ...(await registry.mirror({ name, version, to: target }, transfer)) }
  },

  render({ name, version, to, attached, dryRun }, { err }) {
    const what = `${name}@${version} to ${to}${attached === 0 ? '' : `, with ${attached} attached documents`}`
    return { stderr: statusLine(err, dryRun ? 'Would copy' : 'Copied', what) }
  },
})
