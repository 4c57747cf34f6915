import { defineCommand } from '../../command.js'
import { usageErrors } from '../../errors/index.js'
import { statusLine } from '../../output/printer.js'
import { exactVersion } from '../../registry/exact-version.js'
import { openRegistry } from '../../registry/open-registry.js'
import { dryRunOption, keyOption, registryOption } from '../../registry/options.js'
import { readSigningKey } from '../../registry/signing-key.js'
import { sourceDate } from '../../registry/signing-time.js'

interface YankResult {
  readonly name: string
  readonly version: string
  readonly status: 'yanked' | 'revoked'
  readonly reason: string
  readonly manifest: string
  readonly dryRun: boolean
}

export const yankCommand = defineCommand({
  name: 'yank',
  summary: 'Withdraw a published version, signed',
  examples: [
    ['wasm-plugin yank acme:render@1.2.3 --reason "It counts wrong." --key acme.key', 'not for new installs'],
    ['wasm-plugin yank acme:render@1.2.3 --revoke --reason "It leaks." --key acme.key', 'nobody may use it'],
  ],
  arguments: { version: { kind: 'required', description: 'a name with its exact version' } },
  options: {
    reason: { kind: 'value', value: 'text', description: 'why, for those who use it' },
    revoke: { kind: 'flag', description: 'it is dangerous: those who have it are told not to run it' },
    key: keyOption,
    registry: registryOption,
    'dry-run': dryRunOption,
  },
  notes: ['It counts for those who trust the key for the package. The version stays where it is.'],

  async run(context, input): Promise<YankResult> {
    const { reason, revoke, key: keyFile, registry: place, 'dry-run': dryRun } = input
    const { name, version } = exactVersion(input.version)
    const missing = (option: string, why: string) =>
      usageErrors.MISSING_OPTION({ option, command: 'yank', why })
    if (reason === undefined) throw missing('--reason', 'what those who use it have to know')
    if (keyFile === undefined) throw missing('--key', 'a word that is not signed counts for nobody')
    const status = revoke ? 'revoked' : 'yanked'
    const about = { name, version, status, reason, dryRun } as const
    const key = await readSigningKey(context, keyFile)
    const registry = await openRegistry(context, { registry: place, names: [name] })
    const at = sourceDate(context.env) ?? new Date().toISOString()
    const options = { signal: context.signal, dryRun }
    return { ...about, ...(await registry.withdraw({ name, version, key, status, reason, at }, options)) }
  },

  render({ name, version, status, reason, dryRun }, { err }) {
    const verb = dryRun ? 'Would say' : status === 'revoked' ? 'Revoked' : 'Yanked'
    const what = `${name}@${version}${dryRun ? ` was ${status}` : ''}: ${reason}`
    return { stderr: statusLine(err, verb, what) }
  },
})
