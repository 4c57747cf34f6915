import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { withPasswords } from '../../../registry/test/helpers/docker-auth.js'
import { hasDockerRegistry, startDockerRegistry } from '../../../registry/test/helpers/docker-registry.js'
import { pluginWith } from '../../../registry/test/helpers/plugins.js'
import { runJson } from '../helpers/run-cli.js'
import { tempDir } from '../helpers/temp-dir.js'

const BIN = fileURLToPath(new URL('../../bin/wasm-plugin.js', import.meta.url))

/** The command as a process, since a password comes by stdin. */
async function type(cwd: string, argv: readonly string[], stdin = '') {
  const env = {
    PATH: process.env.PATH,
    HOME: cwd,
    DOCKER_CONFIG: cwd,
    XDG_CACHE_HOME: path.join(cwd, 'cache'),
  }
  const running = promisify(execFile)(process.execPath, [BIN, ...argv], { cwd, env })
  running.child.stdin?.end(stdin)
  return await running.then(
    ({ stdout, stderr }) => ({ exitCode: 0, said: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ exitCode: code as number, said: `${stdout}${stderr}` }),
  )
}

describe.skipIf(!hasDockerRegistry)(
  `a registry that wants a password${hasDockerRegistry ? '' : ' (docker-registry is not installed)'}`,
  () => {
    it('is logged in to, published to, and logged out of; the password is never said', async () => {
      const [user, password] = ['ada', 's3cret']
      await using server = await startDockerRegistry(withPasswords)
      const cwd = tempDir()
      writeFileSync(path.join(cwd, 'insights.wasm'), pluginWith())
      const publish = ['publish', 'insights.wasm', '--registry', server.registry]
      const login = ['login', server.registry, '--username', user, '--password-stdin']
      const said: string[] = []
      const go = async (argv: readonly string[], stdin?: string) => {
        const outcome = await type(cwd, argv, stdin)
        said.push(outcome.said)
        return outcome.exitCode
      }
      expect(await go(publish)).toBe(1)
      expect(await go(login, 'wrong-password\n')).toBe(1)
      expect(existsSync(path.join(cwd, 'config.json'))).toBe(false)
      expect(await go(login, `${password}\n`)).toBe(0)
      expect(readFileSync(path.join(cwd, 'config.json'), 'utf8')).toContain(server.registry)
      expect(await go(publish)).toBe(0)
      expect(await go(['logout', server.registry])).toBe(0)
      expect(readFileSync(path.join(cwd, 'config.json'), 'utf8')).not.toContain(server.registry)
      expect(await go([...publish, '--verbose'])).toBe(1)
      const all = said.join('\n')
      expect(all).toContain(`Logged in as ${user} at ${server.registry}`)
      const basic = Buffer.from(`${user}:${password}`).toString('base64')
      for (const secret of [password, 'wrong-password', basic]) expect(all).not.toContain(secret)
    }, 60_000)
  },
)

it('is not asked for a password where nobody can be asked', async () => {
  const cwd = tempDir()
  const world = { cwd, env: { HOME: cwd, DOCKER_CONFIG: cwd } }
  for (const more of [[], ['--username', 'ada']]) {
    const { document, exitCode } = await runJson(['login', 'registry.example', ...more], world)
    expect([document.error?.code, exitCode]).toEqual(['MISSING_OPTION', 2])
  }
  const { exitCode } = await runJson(['logout', 'no host'], world)
  expect(exitCode).toBe(2)
})
