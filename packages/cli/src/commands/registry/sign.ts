import path from 'node:path'
import { defineCommand } from '../../command.js'
import { readPlugin } from '../../component/read.js'
import { usageErrors } from '../../errors/index.js'
import { statusLine } from '../../output/printer.js'
import { count } from '../../output/units.js'
import { writeWholeFile } from '../../project/files.js'
import { exactVersion } from '../../registry/exact-version.js'
import { openRegistry } from '../../registry/open-registry.js'
import { dryRunOption, keyOption, registryOption } from '../../registry/options.js'
import { readSigningKey } from '../../registry/signing-key.js'
import { printPredicate, type StatementResult, statementOf } from '../../registry/statement.js'

type SignResult = StatementResult | SignedResult

type SignedResult = {
  readonly predicate?: undefined
  /** `sha256:…` of the public half. */
  readonly key: string
  readonly dryRun: boolean
} & (
  | { readonly kind: 'file'; readonly file: string; readonly signature: string }
  | {
      readonly kind: 'version'
      readonly name: string
      readonly version: string
      readonly manifest: string
      /** Statements that were signed now; none if this key had signed before. */
      readonly signed: number
    }
)

export const signCommand = defineCommand({
  name: 'sign',
  summary: 'Sign a published version, or a component that is passed on as a file',
  examples: [
    ['wasm-plugin sign acme:render@1.2.3 --key acme.key', 'in its registry'],
    ['wasm-plugin sign dist/hello.wasm --key acme.key', 'writes dist/hello.wasm.sigstore.json'],
    ['wasm-plugin sign acme:render@1.2.3 --predicate > predicate.json', 'for cosign attest, without a key'],
  ],
  arguments: { plugin: { kind: 'required', description: 'a name with an exact version, or a .wasm file' } },
  options: {
    key: keyOption,
    predicate: {
      kind: 'flag',
      description: 'sign nothing, and write what would be signed to stdout: for the signers of others',
    },
    registry: registryOption,
    'dry-run': dryRunOption,
  },
  raw: ['predicate'],

  async run(context, input): Promise<SignResult> {
    const { plugin, key: keyFile, registry: place, 'dry-run': dryRun, predicate } = input
    if (predicate) return await statementOf(context, plugin, place)
    if (keyFile === undefined)
      throw usageErrors.MISSING_OPTION({ option: '--key', command: 'sign', why: 'what signs it' })
    const key = await readSigningKey(context, keyFile)
    const about = { key: key.id, dryRun }
    if (plugin.endsWith('.wasm')) {
      const { signatureFileOf, signFile } = await import('@wasm-plugin/registry')
      const { bytes } = await readPlugin({ file: plugin, path: path.resolve(context.cwd, plugin) })
      const signature = signatureFileOf(plugin)
      const bundle = signFile(bytes, key)
      if (!dryRun) await writeWholeFile(path.resolve(context.cwd, signature), bundle)
      return { ...about, kind: 'file', file: plugin, signature }
    }
    const { name, version } = exactVersion(plugin)
    const registry = await openRegistry(context, { registry: place, names: [name] })
    const options = { signal: context.signal, dryRun }
    return {
      ...about,
      kind: 'version',
      name,
      version,
      ...(await registry.sign({ name, version, key }, options)),
    }
  },

  render(result, { err }) {
    if (result.kind === 'predicate') {
      const about = `${result.subject}, of the type ${result.predicateType}`
      return {
        stdout: printPredicate(result.predicate),
        stderr: statusLine(err, 'Predicate', `about ${about}`),
      }
    }
    const verb = result.dryRun ? 'Would sign' : 'Signed'
    const lines =
      result.kind === 'file'
        ? [
            statusLine(err, verb, `${result.file} with the key ${result.key}`),
            statusLine(err, result.dryRun ? 'Would write' : 'Wrote', result.signature),
          ]
        : [
            statusLine(err, verb, `${result.name}@${result.version} with the key ${result.key}`),
            ...(result.dryRun
              ? []
              : [
                  result.signed === 0
                    ? 'This key had signed it before.'
                    : `${count(result.signed, 'statement')} attached.`,
                ]),
          ]
    return { stderr: lines.join('\n') }
  },
})
