import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, relative } from 'node:path'
import type { AccessEvent, LogEvent } from '@wasm-plugin/host'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GuestLanguage, isBuilt, loadGuest } from '../helpers/guests.js'
import { inProcesses } from '../helpers/walls.js'
import { tempDir } from '../helpers/wasi.js'

/** What has to come of a step: a text, a pattern, or for some languages another. `!name` is an error. */
type Expected =
  | string
  | RegExp
  | ({ readonly other: string | RegExp } & { readonly [L in GuestLanguage]?: string | RegExp })

interface Row {
  readonly step: readonly [operation: string, ...args: string[]]
  readonly full: Expected
  readonly readOnly: Expected
  readonly none: Expected
  /** Languages whose library has no such thing. */
  readonly without?: readonly GuestLanguage[]
}

/** The libraries of Rust and C look for a granted directory themselves. */
const noGrant: Expected = { other: '!no-grant', c: '!no-entry', rust: '!no-entry' }
const number = /^\d+$/
const denied = {
  other: '!http-request-denied',
  assemblyscript: '!HTTP-request-denied',
  javascript: /^!NetworkError/,
}
/** Filled in when the server listens. */
const ALLOWED = 'http://allowed'
const OTHER = 'http://other'

// One after the other, each on what the one before left behind.
const table: Row[] = [
  row(['read-file', '/data/hello.txt'], 'hello', 'hello', noGrant),
  row(['list', '/data'], 'hello.txt sub', 'hello.txt sub', noGrant),
  row(['stat', '/data/hello.txt'], 'file 5', 'file 5', noGrant),
  row(['stat', '/data/sub'], 'directory 0', 'directory 0', noGrant),
  row(['read-file', '/data/missing'], '!no-entry', '!no-entry', noGrant),
  row(['write-file', '/data/new.txt', 'made'], '', '!read-only', noGrant),
  row(['read-file', '/data/new.txt'], 'made', '!no-entry', noGrant),
  row(['write-file', '/data/hello.txt', 'HELLO'], '', '!read-only', noGrant),
  row(['append-file', '/data/new.txt', ' here'], '', /^!(no-entry|read-only)$/, noGrant),
  row(['make-directory', '/data/dir'], '', '!read-only', noGrant, ['assemblyscript']),
  row(['rename', '/data/new.txt', '/data/sub/newer.txt'], '', '!read-only', noGrant, ['assemblyscript']),
  row(['remove', '/data/hello.txt'], '', '!read-only', noGrant),
  row(['read-file', '/outside/secret'], noGrant, noGrant, noGrant),
  row(['read-file', '/data/../outside/secret'], /^!/, /^!/, noGrant),
  row(['env', 'GREETING'], 'hi', 'hi', '!unset'),
  row(['env', 'PATH'], '!unset', '!unset', '!unset'),
  row(['variables'], 'GREETING=hi\n', 'GREETING=hi\n', ''),
  row(['args'], 'guest --flag', 'guest --flag', ''),
  row(['wall-clock'], /^\d{10}$/, /^\d{10}$/, /^\d{10}$/),
  row(['sleep', '20'], number, number, number),
  row(['random'], number, number, number),
  row(['print', 'to stdout\n'], '', '', '', ['assemblyscript']),
  row(['print-error', 'to stderr\n'], '', '', ''),
  row(['read-line'], 'a line\n', 'a line\n', '', ['assemblyscript', 'javascript']),
  row(['http-get', `${ALLOWED}/hello`], '200 hello', '200 hello', denied, ['c']),
  row(['http-get', `${OTHER}/hello`], denied, denied, denied, ['c']),
]

const server = createServer((request, response) => response.end(request.url?.slice(1)))
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => server.close())

const kinds = (['full', 'memory', 'readOnly', 'none'] as const).filter(
  // Files in memory are not there for a process.
  (kind) => !(inProcesses && kind === 'memory'),
)

describe.each<GuestLanguage>(['rust', 'c', 'assemblyscript', 'javascript'])('a program in %s', (language) => {
  const steps = table.filter(({ without }) => !without?.includes(language))

  it.skipIf(!isBuilt(language)).each(kinds)(
    `does ${steps.length} things, as its grants allow: %s`,
    { timeout: 120_000 },
    async (kind) => {
      const column = kind === 'memory' ? 'full' : kind
      const { port } = server.address() as AddressInfo
      const base = tempDir()
      mkdirSync(join(base, 'data', 'sub'), { recursive: true })
      mkdirSync(join(base, 'outside'))
      writeFileSync(join(base, 'data', 'hello.txt'), 'hello')
      writeFileSync(join(base, 'data', 'sub', '.keep'), '')
      writeFileSync(join(base, 'outside', 'secret'), 'secret')
      const before = { data: treeHash(join(base, 'data')), outside: treeHash(join(base, 'outside')) }
      const full = {
        fs: [
          {
            ...(kind === 'memory'
              ? { memory: { 'hello.txt': 'hello', 'sub/.keep': '' } }
              : { path: join(base, 'data') }),
            at: '/data',
            access: column === 'full' ? 'read-write' : 'read',
          },
        ],
        net: [`http://127.0.0.1:${port}`],
        env: { GREETING: 'hi' },
        args: ['guest', '--flag'],
        stdio: { stdin: 'a line\nand another\n' },
      } as const
      const { host, plugin, run } = await loadGuest(language, {
        name: language,
        grants: column === 'none' ? {} : (structuredClone(full) as never),
      })
      const lines: LogEvent[] = []
      const accesses: AccessEvent[] = []
      host.on('log', (line) => lines.push(line))
      host.on('allowed', (event) => accesses.push(event))
      host.on('denied', (event) => accesses.push(event))

      for (const { step, [column]: expected } of steps) {
        const [operation, ...args] = step.map((arg) =>
          arg.replace(ALLOWED, `http://127.0.0.1:${port}`).replace(OTHER, `http://127.0.0.1:${port + 1}`),
        )
        const wanted =
          typeof expected === 'object' && 'other' in expected
            ? (expected[language] ?? expected.other)
            : expected
        const said = { step: step.join(' '), came: await run(operation as string, ...args) }
        expect(said).toEqual({
          ...said,
          came: typeof wanted === 'string' ? wanted : expect.stringMatching(wanted),
        })
      }

      const printed = lines.map(({ plugin, stream, message }) => `${plugin} ${stream}: ${message}`)
      const both = [`${language} stdout: to stdout`, `${language} stderr: to stderr`]
      expect(printed).toEqual(language === 'assemblyscript' ? both.slice(1) : both)
      const after = { data: treeHash(join(base, 'data')), outside: treeHash(join(base, 'outside')) }
      expect(after.outside).toBe(before.outside)
      // Files in memory: nothing of them touches the disk, and the application finds what was made.
      expect(after.data === before.data).toBe(kind !== 'full')
      if (column === 'full') {
        const made = language === 'assemblyscript' ? 'new.txt' : 'sub/newer.txt'
        const files = kind === 'memory' ? await plugin.readFiles('/data') : readTree(join(base, 'data'))
        expect([...files.keys()].sort()).toEqual(['sub/.keep', made].sort())
        expect(new TextDecoder().decode(files.get(made))).toBe(
          // In C the library opens to write at the start.
          language === 'c' ? ' here' : 'made here',
        )
      }
      expect(accesses.filter(({ decision }) => decision === 'allowed').length > 0).toBe(column !== 'none')
    },
  )
})

function row(
  step: Row['step'],
  full: Expected,
  readOnly: Expected,
  none: Expected,
  without: readonly GuestLanguage[] = [],
): Row {
  return { step, full, readOnly, none, without }
}

/** Names, contents and times of a whole tree. */
function treeHash(root: string): string {
  const hash = createHash('sha256')
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    hash.update(`${path} ${statSync(path, { bigint: true }).mtimeNs}\n`)
    if (entry.isFile()) hash.update(readFileSync(path))
  }
  return hash.digest('hex')
}

/** Contents by relative path. */
function readTree(root: string): Map<string, Uint8Array> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((entry) => join(entry.parentPath, entry.name))
  return new Map(paths.map((path) => [relative(root, path).replaceAll('\\', '/'), readFileSync(path)]))
}
