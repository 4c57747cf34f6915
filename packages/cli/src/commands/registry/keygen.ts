import { lstat, open, rm } from 'node:fs/promises'
import path from 'node:path'
import { defineCommand } from '../../command.js'
import { failures, usageErrors } from '../../errors/index.js'
import { statusLine } from '../../output/printer.js'
import { askNewPassphrase } from '../../registry/ask.js'
import { isLeftToGit } from '../../registry/left-to-git.js'
import { dryRunOption } from '../../registry/options.js'
import { PASSPHRASE } from '../../registry/signing-key.js'

interface KeygenResult {
  readonly id: string
  readonly privateKey: string
  readonly publicKey: string
  readonly encrypted: boolean
  readonly dryRun: boolean
  /** The private key is in a work tree of git, which does not ignore it. */
  readonly isLeftToGit: boolean
}

export const keygenCommand = defineCommand({
  name: 'keygen',
  summary: 'Make a pair of keys for signatures',
  examples: [
    ['wasm-plugin keygen acme', 'writes acme.key, which is secret, and acme.pub'],
    ['WASM_PLUGIN_KEY_PASSPHRASE=… wasm-plugin keygen acme', 'encrypted, for machines'],
  ],
  arguments: { name: { kind: 'required', description: 'of the files, without their endings' } },
  options: { 'dry-run': dryRunOption },
  notes: [
    'On a terminal the passphrase is asked for; an empty one leaves the key as it is, for secrets of CI.',
  ],

  async run({ cwd, env, interactive, signal }, { name, 'dry-run': dryRun }): Promise<KeygenResult> {
    const { generateKeys } = await import('@wasm-plugin/registry')
    const [privateKey, publicKey] = [`${name}.key`, `${name}.pub`]
    const [secret, shared] = [path.resolve(cwd, privateKey), path.resolve(cwd, publicKey)]
    // Before anybody thinks of a passphrase.
    for (const file of [secret, shared]) await refuseExisting(file)
    const asked = env[PASSPHRASE] ?? (interactive ? await askNewPassphrase('A passphrase:', signal) : '')
    const passphrase = asked === '' ? undefined : asked
    const { privatePem, publicPem, id } = generateKeys(passphrase)
    if (!dryRun) {
      await writeNew(secret, privatePem, 0o600)
      await writeNew(shared, publicPem, 0o644).catch(async (error) => {
        // One half alone would be in the way of the next try.
        await rm(secret, { force: true })
        throw error
      })
    }
    const encrypted = passphrase !== undefined
    return { id, privateKey, publicKey, encrypted, dryRun, isLeftToGit: await isLeftToGit(secret) }
  },

  render({ id, privateKey, publicKey, encrypted, dryRun, isLeftToGit }, { err }) {
    const lines = [
      statusLine(err, dryRun ? 'Would write' : 'Wrote', `${privateKey}, which is secret, and ${publicKey}`),
      ...(dryRun ? [] : [statusLine(err, 'Key', id)]),
      ...(encrypted || dryRun
        ? []
        : [`${err.yellow('warning')}: ${privateKey} is not encrypted: whoever reads it can sign as you`]),
      ...(isLeftToGit
        ? [`${err.yellow('warning')}: git does not ignore ${privateKey}: write *.key into .gitignore`]
        : []),
    ]
    return { stderr: lines.join('\n') }
  },
})

/** @throws {KEY_EXISTS} */
async function refuseExisting(file: string): Promise<void> {
  const isThere = await lstat(file).then(
    () => true,
    () => false, // What else is wrong with it, writing says.
  )
  if (isThere) throw usageErrors.KEY_EXISTS({ path: file })
}

/** A key that is lost cannot be made again, so nothing is ever written over. */
async function writeNew(file: string, text: string, mode: number): Promise<void> {
  try {
    const handle = await open(file, 'wx', mode)
    try {
      await handle.writeFile(text)
    } catch (error) {
      await rm(file, { force: true })
      throw error
    } finally {
      await handle.close()
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EEXIST') throw usageErrors.KEY_EXISTS({ path: file })
    throw failures.PATH_UNWRITABLE({ path: file, reason: code ?? String(error) }, error)
  }
}
