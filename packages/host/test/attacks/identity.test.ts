import { hostname } from 'node:os'
import { createHost, type LogEvent } from '@wasm-plugin/host'
import { describe, expect, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { addGuest, isBuilt, loadGuest } from '../helpers/guests.js'

describe.skipIf(!isBuilt('rust') || !isBuilt('c'))('who the host is', () => {
  attack(
    'C21',
    'Reads environment variables and arguments without a grant',
    'there are none, whatever the process has',
    async () => {
      process.env.SECRET_TOKEN = 'secret'
      onTestFinished(() => {
        delete process.env.SECRET_TOKEN
      })
      for (const language of ['rust', 'c'] as const) {
        const { run } = await loadGuest(language)
        expect(await run('variables')).toBe('')
        expect(await run('args')).toBe('')
        for (const name of [
          'SECRET_TOKEN',
          'PATH',
          'HOME',
          'USER',
          'PWD',
          'HOSTNAME',
          'LANG',
          'NODE_OPTIONS',
        ])
          expect([name, await run('env', name)]).toEqual([name, '!unset'])
      }
    },
  )

  attack(
    'C22',
    'Reads other variables and arguments than those of its grant',
    'sees exact names only: no prefix, no other case, nothing of the process',
    async () => {
      const { run } = await loadGuest('rust', { grants: { env: { TOKEN: 'mine' }, args: ['guest'] } })
      expect(await run('variables')).toBe('TOKEN=mine\n')
      for (const name of ['token', 'TOKE', 'TOKEN2', 'TOKEN ']) expect(await run('env', name)).toBe('!unset')
      const everything = `${await run('variables')}${await run('args')}`
      for (const secret of [process.cwd(), hostname(), process.execPath, String(process.pid)])
        expect(everything).not.toContain(secret)
    },
  )

  attack(
    'C23',
    'Prints escape sequences, carriage returns, and lines that look like those of another plugin',
    'each line is an event with the name of the plugin; control characters are shown, not sent',
    async () => {
      const host = await createHost()
      onTestFinished(() => host.close())
      const lines: LogEvent[] = []
      host.on('log', (line) => lines.push(line))
      const evil = await addGuest(host, 'c', { name: 'evil' })
      const good = await addGuest(host, 'rust', { name: 'good' })
      await evil.run('print', '\x1b[2J\x1b]0;title\x07 fine\r[good] all is well\n\u202eltr\u2028next')
      await good.run('print', 'true\n')
      expect(lines.map(({ plugin, stream, message }) => [plugin, stream, message])).toEqual([
        ['evil', 'stdout', '\\u{1b}[2J\\u{1b}]0;title\\u{7} fine\\u{d}[good] all is well'],
        ['evil', 'stdout', '\\u{202e}ltr\\u{2028}next'],
        ['good', 'stdout', 'true'],
      ])
    },
  )

  attack(
    'C24',
    'Reads the stdin of the application',
    'at its end at once, or what the host gave',
    async () => {
      const { run } = await loadGuest('c')
      expect(await run('read-line')).toBe('')
      const given = await loadGuest('rust', { grants: { stdio: { stdin: 'given\n' } } })
      expect(await given.run('read-line')).toBe('given\n')
      expect(await given.run('read-line')).toBe('')
      expect(await given.run('stdin-skip')).toBe('!closed')
    },
  )

  attack(
    'C25',
    'Ends the process, by exit and by the exit of its library',
    'ends the instance with that status; the application and other plugins go on',
    async () => {
      const { run, plugin, host } = await loadGuest('rust', { name: 'ends' })
      const other = await addGuest(host, 'rust', { name: 'other' })
      for (const [operation, arg, status] of [
        ['exit', '0', 0],
        ['exit', '1', 1],
        ['process-exit', '3', 1],
      ] as const) {
        await run('count')
        const call = plugin.call('test:guest/program#run', [operation, [arg]])
        await expect(call).rejects.toMatchObject({ code: 'PLUGIN_EXITED', data: { status } })
        expect(await run('count')).toBe('1')
      }
      expect(await other.run('count')).toBe('1')
    },
  )

  attack(
    'C26',
    'Looks for paths and names of the host in the errors that it gets',
    'errors are the names of WASI, without a word of the host',
    async () => {
      const { run } = await loadGuest('rust', {
        grants: { fs: [{ path: process.cwd(), at: '/g', access: 'read' }], net: ['http://127.0.0.1:9'] },
      })
      for (const step of [
        ['read-file', '/g/missing'],
        ['read-file', '/nowhere'],
        ['write-file', '/g/package.json', 'x'],
        ['list', '/g/package.json'],
        ['http-get', 'http://127.0.0.1:9/'],
        ['http-get', 'http://other.test/'],
        ['fs-read-link', '/g/package.json'],
      ] as const) {
        const [operation, ...args] = step
        expect([operation, await run(operation, ...args)]).toEqual([
          operation,
          expect.stringMatching(/^![a-z -]+$/),
        ])
      }
      expect(await run('fs-preopens')).toBe('/g')
    },
  )
})
