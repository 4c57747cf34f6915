import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createHost, PluginError, type PluginSource } from '@wasm-plugin/host'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble } from '../helpers/guests.js'
import { tempDir } from '../helpers/wasi.js'

let bytes: Uint8Array<ArrayBuffer>
beforeAll(async () => {
  const seven = `(component
    (core module $m (func (export "f") (result i32) i32.const 7))
    (core instance $i (instantiate $m))
    (func (export "seven") (result u32) (canon lift (core func $i "f"))))`
  bytes = Uint8Array.from(await assemble(seven))
})

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function load(source: PluginSource, options: { startMs?: number; integrity?: string } = {}) {
  await using host = await createHost()
  const { integrity, startMs = 60_000 } = options
  const pinned = integrity === undefined ? {} : { integrity }
  const plugin = await host.load(source, { ...pinned, limits: { componentBytes: 10_000, startMs } })
  return { name: plugin.name, seven: await plugin.call('seven') }
}

const failure = (source: PluginSource, options?: Parameters<typeof load>[1]) =>
  load(source, options).then(
    () => 'loaded',
    (error: unknown) => (PluginError.is(error) ? `${error.code}: ${error.message}` : String(error)),
  )

describe('where a plugin is loaded from', () => {
  it('is an ArrayBuffer, as a response gives it', async () => {
    expect(await load(bytes.buffer)).toEqual({ name: 'plugin', seven: 7 })
  })

  it('is a response, or its URL, which names the plugin', async () => {
    const origin = await serve((_, response) => response.end(bytes))
    expect(await load(await fetch(`${origin}/lucky.component.wasm`))).toEqual({ name: 'lucky', seven: 7 })
    expect(await load(new Response(bytes))).toEqual({ name: 'plugin', seven: 7 })
    expect(await load(`${origin}/lucky.wasm?token=1`)).toEqual({ name: 'lucky', seven: 7 })
    expect(await load(new URL(`${origin}/`))).toEqual({ name: 'plugin', seven: 7 })
  })

  it('follows a redirect, and refuses one to where anybody could change the bytes', async () => {
    const origin = await serve(({ url }, response) => {
      if (url === '/moved.wasm') response.writeHead(302, { location: '/there.wasm' }).end()
      else response.end(bytes)
    })
    expect(await load(`${origin}/moved.wasm`)).toEqual({ name: 'there', seven: 7 })
  })

  it('is no other machine over http:, unless the bytes are pinned', async () => {
    expect(await failure('http://plugins.example/a.wasm')).toMatch(/^SOURCE_UNREADABLE: .*use https:/)
  })

  it('tells what a server answers, without what the address keeps secret', async () => {
    const heard: unknown[] = []
    const origin = await serve((request, response) => {
      heard.push(request.headers.authorization)
      response.writeHead(404).end('no')
    })
    const message = await failure(`${origin.replace('//', '//me:secret@')}/a.wasm?token=secret`)
    expect(heard).toEqual([`Basic ${btoa('me:secret')}`])
    expect(message).toMatch(/^SOURCE_UNREADABLE: /)
    expect(message).not.toContain('secret')
    expect(await failure(`${origin}/a.wasm`)).toBe(
      `SOURCE_UNREADABLE: cannot read the plugin from ${origin}/a.wasm: the answer is 404`,
    )
  })

  it('is bounded, whatever a server says of its length', async () => {
    const endless = await serve((request, response) => {
      const more = () => {
        if (request.socket.destroyed) return
        response.write(Buffer.alloc(9_000))
        setImmediate(more)
      }
      more()
    })
    expect(await failure(`${endless}/a.wasm`)).toMatch(/^LIMIT_EXCEEDED/)
    const boasting = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 2 ** 40 }).flushHeaders()
    })
    expect(await failure(`${boasting}/a.wasm`)).toMatch(/^LIMIT_EXCEEDED/)
  })

  it('ends a transfer that never does', async () => {
    const silent = await serve((_, response) => response.writeHead(200).write('\0'))
    expect(await failure(`${silent}/a.wasm`, { startMs: 200 })).toMatch(/longer than 200 ms$/)
    const host = await createHost()
    const loading = host.load(`${silent}/a.wasm`).catch((error: PluginError) => error.code)
    await host.close()
    expect(await loading).toBe('HOST_CLOSED')
  })

  it('is not a response that was read, another scheme, or something else', async () => {
    const origin = await serve((_, response) => response.end(bytes))
    const read = await fetch(origin)
    await read.arrayBuffer()
    expect(await failure(read)).toMatch(/read before$/)
    expect(await failure('ftp://a.example/x.wasm')).toMatch(/nothing here reads ftp:$/)
    expect(await failure('file://other.example/x.wasm')).toMatch(/^SOURCE_UNREADABLE/)
    expect(await failure({} as never)).toMatch(/^SOURCE_UNREADABLE/)
  })

  it('is no device and no folder', async () => {
    if (process.platform !== 'linux') return
    expect(await failure('/dev/zero')).toMatch(/^SOURCE_UNREADABLE/)
    expect(await failure('/')).toMatch(/^SOURCE_UNREADABLE/)
  })
})

describe('listening to an event', () => {
  it('is refused by a name that no event has', async () => {
    await using host = await createHost()
    for (const name of ['deny', 'constructor', '__proto__'])
      expect(() => host.on(name as never, (() => {}) as never)).toThrow(
        expect.objectContaining({ code: 'OPTIONS_INVALID', message: expect.stringContaining('denied') }),
      )
  })
})

attack(
  'F20',
  'Is a FIFO, a device, or a link to one, and no file',
  'refused without waiting, by load and inspect',
  async () => {
    const dir = tempDir()
    execFileSync('mkfifo', [join(dir, 'fifo.wasm')])
    symlinkSync('fifo.wasm', join(dir, 'link.wasm'))
    symlinkSync('/dev/zero', join(dir, 'zero.wasm'))
    await using host = await createHost()
    for (const name of ['fifo.wasm', 'link.wasm', 'zero.wasm', '.']) {
      const path = join(dir, name)
      const refused = `SOURCE_UNREADABLE: cannot read the plugin from ${path}: it is no regular file`
      expect(await failure(path)).toBe(refused)
      await expect(host.inspect(path)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' })
    }
  },
)

attack(
  'F25',
  'Goes by a file name with control sequences, or by the long name that a server redirects to',
  'the name that the host gives it shows them, and is cut',
  async () => {
    const host = await createHost()
    onTestFinished(() => host.close())
    const path = join(tempDir(), '\u001b[2Jevil\u202e.wasm')
    writeFileSync(path, bytes)
    expect((await host.load(path)).name).toBe('\\u{1b}[2Jevil\\u{202e}')
    const server = createServer((request, response) => {
      if (request.url === '/a.wasm') response.writeHead(302, { location: `/${'n'.repeat(5_000)}.wasm` }).end()
      else response.writeHead(200, { 'content-type': 'application/wasm' }).end(bytes)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/a.wasm`)
    expect((await host.load(response)).name).toBe(`${'n'.repeat(128)}…`)
  },
)
