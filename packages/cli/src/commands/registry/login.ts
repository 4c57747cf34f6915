import { text as readText } from 'node:stream/consumers'
import { type Context, defineCommand } from '../../command.js'
import { usageErrors } from '../../errors/index.js'
import { statusLine } from '../../output/printer.js'
import { askPassphrase, askText } from '../../registry/ask.js'

interface LoginResult {
  readonly registry: string
  readonly username: string
}

export const loginCommand = defineCommand({
  name: 'login',
  summary: 'Keep a user name and a password for a registry, once it has taken them',
  examples: [
    ['wasm-plugin login ghcr.io', 'asks for both'],
    ['wasm-plugin login ghcr.io --username ada --password-stdin < token', 'for machines'],
  ],
  arguments: { registry: { kind: 'required', description: 'its host, with its port if it has one' } },
  options: {
    username: { kind: 'value', value: 'name', short: 'u', description: 'asked for on a terminal' },
    'password-stdin': { kind: 'flag', description: 'read the password, or token, from stdin' },
  },
  notes: [
    'They are kept where docker keeps them: in its credential helper if one is set up, else in its config.json. A password',
    'is no option, since other users of a machine see command lines.',
  ],

  async run(context, { registry, username: given, 'password-stdin': fromStdin }): Promise<LoginResult> {
    const { loadConfig, login } = await import('@wasm-plugin/registry')
    const config = await loadConfig({ cwd: context.cwd, env: context.env })
    const username =
      given ?? (await asked(context, '--username', () => askText('User name:', context.signal)))
    const password = fromStdin
      ? (await readText(process.stdin)).replace(/\r?\n$/, '')
      : await asked(context, '--password-stdin', () => askPassphrase('Password or token:', context.signal))
    context.progress.busy('Asking', registry)
    await login(registry, { username, password }, config, context.signal)
    return { registry, username }
  },

  render: ({ registry, username }, { err }) => ({
    stderr: statusLine(err, 'Logged in', `as ${username} at ${registry}`),
  }),
})

async function asked({ interactive }: Context, option: string, ask: () => Promise<string>): Promise<string> {
  if (interactive) return await ask()
  throw usageErrors.MISSING_OPTION({ option, command: 'login', why: 'there is no terminal to ask on' })
}
