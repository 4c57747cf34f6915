import { readFileSync } from 'node:fs'
import { get as httpsGet } from 'node:https'
import { createGateway, type Listening, listen } from '@wasm-plugin/gateway'
import { createHost } from '@wasm-plugin/host'
import { describe, expect, it, onTestFinished } from 'vitest'
import { says } from './helpers/programs.js'

const fixture = (name: string) =>
  readFileSync(new URL(`../../registry/test/fixtures/${name}`, import.meta.url), 'utf8')
const tls = { cert: fixture('loopback-cert.pem'), key: fixture('loopback-key.pem') }
const local = { port: 0, host: '127.0.0.1' }

async function gatewayThatSays(text: string) {
  const host = await createHost({ limits: { timeoutMs: 60_000, startMs: 60_000 } })
  const plugin = await says(`Content-Type: text/plain\n\n${text}`)
  const gateway = await createGateway({ host, routes: [{ path: '/b', plugin }] })
  onTestFinished(async () => {
    await gateway.close()
    await host.close()
  })
  return gateway
}

function closing(listening: Listening): Listening {
  onTestFinished(() => listening.close())
  return listening
}

const textOf = async (url: string) => await (await fetch(url)).text()

function secureText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    httpsGet(url, { ca: tls.cert, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.once('end', () => resolve(text))
    }).once('error', reject)
  })
}

describe('a gateway that listens', () => {
  it('does not do so everywhere for a name that is not set', async () => {
    const gateway = await gatewayThatSays('x')
    for (const [address, path] of [
      [{ port: 0, host: '' }, 'addresses[1].host'],
      [{ socket: '' }, 'addresses[1].socket'],
    ] as const) {
      const message = `${path}: it is empty`
      await expect(listen(gateway, [local, address])).rejects.toMatchObject({
        ...{ code: 'GATEWAY_OPTIONS_INVALID', message },
      })
    }
  })

  it('does so with a certificate, which may be renewed', async () => {
    const gateway = await gatewayThatSays('secure\n')
    const listening = closing(await listen(gateway, [{ ...local, tls }, local]))
    const [url = '', plain = ''] = listening.addresses
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    expect(await secureText(`${url}/b`)).toBe('secure\n')
    expect(await textOf(`${plain}/b`)).toBe('secure\n')
    listening.secure([tls, undefined])
    expect(await secureText(`${url}/b`)).toBe('secure\n')
    const wrong = { cert: tls.cert, key: 'no key' }
    expect(() => listening.secure([wrong])).toThrow(expect.objectContaining({ code: 'CERTIFICATE_INVALID' }))
    expect(await secureText(`${url}/b`)).toBe('secure\n')
    await expect(listen(gateway, [{ ...local, tls: wrong }])).rejects.toMatchObject({
      code: 'CERTIFICATE_INVALID',
    })
  })

  it('has another one take its place, and loses no request', async () => {
    const [first, second] = [await gatewayThatSays('first\n'), await gatewayThatSays('second\n')]
    const listening = closing(await listen(first, [local]))
    const [url] = listening.addresses
    let isOver = false
    const answers: string[] = []
    const asking = Array.from({ length: 4 }, async () => {
      while (!isOver) answers.push(await textOf(`${url}/b`))
    })
    const until = async (text: string) => {
      while (!answers.includes(text)) await new Promise((resolve) => setImmediate(resolve))
    }
    await until('first\n')
    listening.use(second)
    await first.close({ drainMs: 60_000 })
    await until('second\n')
    isOver = true
    await Promise.all(asking)
    expect(new Set(answers)).toEqual(new Set(['first\n', 'second\n']))
  })

  it('is measured where nothing else is answered', async () => {
    const gateway = await gatewayThatSays('counted\n')
    const listening = closing(await listen(gateway, [local, { ...local, isMetrics: true }]))
    const [url = '', metrics = ''] = listening.addresses
    for (const path of ['/b', '/b', '/none']) await textOf(url + path)
    expect((await fetch(`${url}/metrics`)).status).toBe(404)
    expect((await fetch(`${metrics}/b`)).status).toBe(404)
    expect(await textOf(`${metrics}/healthz`)).toBe('OK\n')
    const response = await fetch(`${metrics}/metrics`)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const lines = (await response.text()).split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE wasm_plugin_http_requests_total counter',
        'wasm_plugin_http_requests_total{route="/b",status="200"} 2',
        'wasm_plugin_http_requests_total{route="",status="404"} 2',
        'wasm_plugin_http_request_duration_seconds_bucket{route="/b",le="+Inf"} 2',
        'wasm_plugin_http_request_duration_seconds_count{route="/b"} 2',
        'wasm_plugin_http_response_bytes_total{route="/b"} 16',
        'wasm_plugin_http_requests_inside 0',
        'wasm_plugin_calls_total{route="/b"} 2',
        'wasm_plugin_bytes_total{route="/b",direction="in"} 0',
        expect.stringMatching(/^wasm_plugin_bytes_total\{route="\/b",direction="out"\} [1-9]/),
        'wasm_plugin_waiting{route="/b"} 0',
      ]),
    )
    for (const line of lines)
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? [\d.e+-]+|)$/)
  })
})
