import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHost, type LogEvent, type UntypedExports } from '@wasm-plugin/host'
import { Component } from '@wasm-plugin/runtime'
import { build } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { makeProject } from '../support/project.js'

const LOGGING = `package wasi:logging@0.1.0-draft;
interface logging { enum level { trace, debug, info, warn, error, critical } log: func(level: level, context: string, message: string); }`

async function buildPlugin(imports: string, source: string): Promise<string> {
  const dir = makeProject({
    'wit/w.wit': `package a:b; world w { ${imports} export run: func(input: string) -> list<string>; }`,
    'wit/deps/logging.wit': LOGGING,
    'assembly/index.ts': source,
  })
  return (await build({ dir, name: 'x', wit: 'wit', mode: 'debug' })).path
}

/** Runs `run` once on a real host, and says what it answered and wrote. */
async function run(path: string, input: string, grants: object = {}) {
  await using host = await createHost()
  const log: Pick<LogEvent, 'level' | 'stream' | 'message'>[] = []
  host.on('log', ({ level, stream, message }) => void log.push({ level, stream, message }))
  const plugin = await host.load(path, { grants })
  const answer: unknown = await (plugin.exports as UntypedExports).run(input)
  return { answer, log }
}

describe('http of an AssemblyScript plugin', () => {
  const SOURCE = `
    import * as http from './gen/std/http'
    export function run(url: string): string[] {
      const sent = http.fetch(new http.Request(url + '/echo?a=1#part').setHeader('x-one', 'eins').setText('grüße'))
      const got = http.getText(url + '/missing')
      if (sent.isErr) return [sent.error]
      const response = sent.value
      return [response.status.toString(), response.headers.get('x-two'), response.text(), got.isErr ? got.error : got.value]
    }`

  it('goes to a server that is granted, and nowhere else', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/missing') return void response.writeHead(404).end()
      let body = ''
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      request.on('end', () => {
        response.setHeader('x-two', 'zwei')
        response.writeHead(201)
        response.end(
          `${request.method} ${request.url} ${request.headers['x-one']} ${body} ${'y'.repeat(100_000)}`,
        )
      })
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const path = await buildPlugin('import wasi:http/outgoing-handler@0.2.12;', SOURCE)
      const granted = await run(path, url, { net: { allow: [`POST ${url}/echo`, `GET ${url}/missing`] } })
      expect(granted.answer).toEqual([
        '201',
        'zwei',
        `POST /echo?a=1 eins grüße ${'y'.repeat(100_000)}`,
        `${url}/missing: status 404`,
      ])
      const other = await run(path, url, { net: { allow: [`GET ${url}/echo`] } })
      expect(other.answer).toEqual([`${url}/echo?a=1#part: HTTP-request-denied`])
      expect((await run(path, url)).answer).toEqual(other.answer)
      expect((await run(path, 'nonsense')).answer).toEqual(['nonsense/echo?a=1#part: not an absolute URL'])
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})

describe('the log of an AssemblyScript plugin', () => {
  const SOURCE = `
    import * as log from './gen/std/log'
    export function run(input: string): string[] {
      log.debug(input); log.info('ä'); log.warn('two'); log.error('three'); log.critical('four'); log.trace('five')
      return []
    }`

  it('has levels where the world has a log', async () => {
    const path = await buildPlugin(
      'import wasi:logging/logging@0.1.0-draft; import wasi:cli/stderr@0.2.12;',
      SOURCE,
    )
    const { log } = await run(path, 'one')
    expect(log.map(({ level, message }) => `${level} ${message}`)).toEqual([
      ...['debug one', 'info ä', 'warn two', 'error three', 'error four', 'debug five'],
    ])
    expect(new Set(log.map(({ stream }) => stream))).toEqual(new Set(['log']))
  })

  it('has them in the text where there is only stderr', async () => {
    const { log } = await run(await buildPlugin('import wasi:cli/stderr@0.2.12;', SOURCE), 'x'.repeat(5000))
    expect(log.map(({ stream, message }) => `${stream} ${message}`)).toEqual([
      `stderr debug: ${'x'.repeat(5000)}`,
      ...['info: ä', 'warn: two', 'error: three', 'critical: four', 'trace: five'].map(
        (line) => `stderr ${line}`,
      ),
    ])
  })

  it('is not there in a world with neither', async () => {
    await expect(buildPlugin('', SOURCE)).rejects.toMatchObject({
      code: 'COMPILE_FAILED',
      message:
        'assembly/index.ts:2: std/log needs wasi:logging/logging or wasi:cli/stderr, which the world does not import',
    })
  })
})

it.each(['wasi:keyvalue@', 'wasi:keyvalue@0.2.0-draft2'])(
  'counts, swaps and takes several keys of a store of %s',
  async (pkg) => {
    const version = pkg.split('@')[1] === '' ? '' : `@${pkg.split('@')[1]}`
    const names = ['store', 'atomics', 'batch'].map((name) => `import wasi:keyvalue/${name}${version};`)
    const path = await buildPlugin(
      names.join(' '),
      `import { open } from './gen/wasi-keyvalue/store'
       import { Cas, increment, swap } from './gen/wasi-keyvalue/atomics'
       import { deleteMany, getMany } from './gen/wasi-keyvalue/batch'
       export function run(input: string): string[] {
         const bucket = open(input).value
         increment(bucket, 'n', 40)
         const sum = increment(bucket, 'n', 2).value
         const first = Cas.new_(bucket, 'a').value
         const second = Cas.new_(bucket, 'a').value
         const done = swap(first, Uint8Array.wrap(String.UTF8.encode('1')))
         const failed = swap(second, Uint8Array.wrap(String.UTF8.encode('2')))
         const now = failed.error.asCasFailed.current().value
         deleteMany(bucket, ['n'])
         const got = getMany(bucket, ['a', 'n']).value
         return [sum.toString(), done.isErr.toString(), now![0].toString(), (got[1]._1 === null).toString()]
       }`,
    )
    const { answer } = await run(path, 'default', { keyvalue: { default: {} } })
    expect(answer).toEqual(['42', 'false', '49', 'true'])
  },
)

describe('an AssemblyScript plugin', () => {
  const ALL = `import wasi:cli/stderr@0.2.12; import wasi:cli/environment@0.2.12; import wasi:clocks/wall-clock@0.2.12;
    import wasi:clocks/monotonic-clock@0.2.12; import wasi:random/random@0.2.12; import wasi:filesystem/preopens@0.2.12;
    import wasi:http/outgoing-handler@0.2.12; import wasi:logging/logging@0.1.0-draft;`
  const functionsOf = async (body: string, head = '') => {
    const source = `${head}\nexport function run(input: string): string[] { ${body} }`
    const { imports } = await Component.compile(readFileSync(await buildPlugin(ALL, source)))
    return [...imports].flatMap(([name, item]) =>
      item.kind !== 'instance'
        ? [name]
        : [...item.exports]
            .filter(([, inner]) => inner.kind === 'func')
            .map(([func]) => `${name.split('@')[0]}#${func}`),
    )
  }

  it.each<[string, string, string, string[]]>([
    // Trapping says why: an \`abort\` that is linked in writes to stderr.
    ['nothing', 'return [input]', '', []],
    [
      'a variable',
      'return [env.get(input) || ""]',
      "import * as env from './gen/std/env'",
      ['wasi:cli/environment#get-environment'],
    ],
    [
      'arguments',
      'return env.args()',
      "import * as env from './gen/std/env'",
      ['wasi:cli/environment#get-arguments'],
    ],
    ['the date', 'return [Date.now().toString()]', '', ['wasi:clocks/wall-clock#now']],
    ['a timer', 'return [performance.now().toString()]', '', ['wasi:clocks/monotonic-clock#now']],
    [
      'random bytes',
      'return [random.bytes(2)[0].toString()]',
      "import * as random from './gen/std/random'",
      ['wasi:random/random#get-random-bytes'],
    ],
    ['Math.random', 'return [Math.random().toString()]', '', ['wasi:random/random#get-random-u64']],
    [
      'the log',
      'log.info(input); return []',
      "import * as log from './gen/std/log'",
      ['wasi:logging/logging#log'],
    ],
  ])('that uses %s imports no other function', async (_, body, head, wanted) => {
    const found = await functionsOf(body, head)
    const own = found.filter((name) => !/^wasi:(cli\/stderr|io\/)/.test(name))
    expect(own).toEqual(wanted)
  })
})
