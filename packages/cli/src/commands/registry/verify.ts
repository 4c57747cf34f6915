import { stat } from 'node:fs/promises'
import path from 'node:path'
import { type Context, defineCommand } from '../../command.js'
import { readPlugin } from '../../component/read.js'
import { readNamedFile, writeWholeFile } from '../../project/files.js'
import { openRegistry } from '../../registry/open-registry.js'
import { registryOption, trustOption } from '../../registry/options.js'
import { rowError } from '../../registry/row-error.js'
import { transferOf } from '../../registry/transfer.js'
import { renderVerified, type VerifyResult } from '../../render/registry/verified.js'

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'Check signatures: of a version, of a file, or of all that is installed',
  examples: [
    ['wasm-plugin verify acme:render@1.2.3', 'as installing it would, and nothing changes'],
    ['wasm-plugin verify hello.wasm', 'with hello.wasm.sigstore.json beside it'],
    ['wasm-plugin verify', 'what the lock file has: was it withdrawn, does its signature still count'],
  ],
  arguments: {
    plugin: { kind: 'optional', description: 'a name with a range, oci://…, or the path of a component' },
  },
  options: {
    registry: registryOption,
    signature: {
      kind: 'value',
      value: 'file',
      description: 'of a file: its signature (default: <file>.sigstore.json)',
    },
    debug: {
      kind: 'value',
      value: 'file',
      description: 'of a version: write the debug information that its publisher attached into this file',
    },
    'trust-on-first-use': trustOption,
  },

  async run(context, input): Promise<VerifyResult> {
    const { plugin, registry: place, signature } = input
    if (plugin === undefined) return await verifyInstalled(context)
    const trustOnFirstUse = input['trust-on-first-use']
    const file = path.resolve(context.cwd, plugin)
    if (plugin.endsWith('.wasm') || (await isFile(file)))
      return await verifyFile(context, { file: plugin, signature, trustOnFirstUse })
    const registry = await openRegistry(context, { registry: place, names: [plugin], trustOnFirstUse })
    const { review, status } = await registry.verify(plugin, transferOf(context, 'Downloading', plugin))
    if (input.debug !== undefined) {
      const bytes = await registry.debugInfo(plugin, transferOf(context, 'Downloading', input.debug))
      await writeWholeFile(path.resolve(context.cwd, input.debug), bytes)
      context.progress.status('Wrote', input.debug)
    }
    return { kind: 'version', review, status: status ?? null }
  },

  render: renderVerified,
  isFailure: (result) =>
    result.kind === 'installed' &&
    result.plugins.some(({ status, error }) => error !== null || status?.status === 'revoked'),
})

async function verifyInstalled(context: Context): Promise<VerifyResult> {
  const registry = await openRegistry(context)
  context.progress.busy('Asking', 'registries')
  const rows = await registry.recheck({ signal: context.signal })
  const plugins = rows.map(({ status, error, ...row }) => ({
    ...{ ...row, status: status ?? null, error: rowError(error) },
  }))
  return { kind: 'installed', plugins }
}

async function verifyFile(
  context: Context,
  {
    file,
    signature,
    trustOnFirstUse,
  }: { file: string; signature: string | undefined; trustOnFirstUse: boolean },
): Promise<VerifyResult> {
  const { signatureFileOf } = await import('@wasm-plugin/registry')
  const { bytes } = await readPlugin({ file, path: path.resolve(context.cwd, file) })
  const beside = path.resolve(context.cwd, signature ?? signatureFileOf(file))
  const isThere = signature !== undefined || (await isFile(beside))
  const bundle = isThere ? { signature: await readNamedFile(beside, 'the signature') } : {}
  const registry = await openRegistry(context, { trustOnFirstUse })
  const { signer, ...version } = await registry.verifyFile(bytes, bundle)
  return { kind: 'file', file, ...version, signer: signer ?? null }
}

async function isFile(file: string): Promise<boolean> {
  return await stat(file).then(
    (found) => found.isFile(),
    () => false,
  )
}
