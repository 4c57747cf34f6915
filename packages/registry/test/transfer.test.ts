import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { mediaTypes, type OciOptions, openCache, openOci } from '@wasm-plugin/registry'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { artifactOf, noise, push, readAll, referrerOf } from './helpers/artifacts.js'
import { startCuttingProxy } from './helpers/cutting-proxy.js'
import { hasDockerRegistry, type RunningRegistry, startDockerRegistry } from './helpers/docker-registry.js'
import { FakeRegistry } from './helpers/fake-registry.js'
import { testFolder } from './helpers/folders.js'
import { freePort } from './helpers/free-port.js'
import { certificate } from './helpers/token-server.js'

const quick: OciOptions = { retry: { attempts: 5, baseMs: 1 } }
const path = 'acme/render'
const artifact = artifactOf(noise(300_000))
const openAt = ({ registry }: { registry: string }, options: OciOptions = {}) =>
  openOci({ registry, path }, { ...quick, ...options })

describe.skipIf(!hasDockerRegistry)("Debian's docker-registry over a bad network", () => {
  let server: RunningRegistry
  beforeAll(async () => {
    server = await startDockerRegistry()
  })
  afterAll(async () => await server[Symbol.asyncDispose]())
  const large = artifactOf(noise(30 << 20, 5))
  const behind = (every: number, times: number) =>
    startCuttingProxy(Number(new URL(server.origin).port), every, times)

  it('gets an upload that goes on where it was cut off, twice', async () => {
    const proxy = await behind(10 << 20, 2)
    await openAt(proxy).putBlob(large.layer)
    expect(proxy.cuts).toBe(2)
    expect(proxy.up).toBeLessThan(large.blob.size * 1.5)
    expect((await readAll(openAt(server).readBlob(large.blob))).equals(large.bytes)).toBe(true)
  })

  it('gives a download that goes on where it was cut off, in pieces and as a whole', async () => {
    await openAt(server).putBlob(large.layer)
    await openAt(server).putBlob(artifact.layer)
    const proxy = await behind(5 << 20, 4)
    expect((await readAll(openAt(proxy).readBlob(large.blob))).equals(large.bytes)).toBe(true)
    expect(proxy.cuts).toBe(4)
    expect(proxy.down).toBeLessThan(large.blob.size * 1.6)
    const small = await behind(100_000, 2)
    expect((await readAll(openAt(small).readBlob(artifact.blob))).equals(artifact.bytes)).toBe(true)
    expect(small.cuts).toBe(2)
  })

  it('takes a blob in chunks', async () => {
    const blob = artifactOf(noise(3_000_001, 8))
    await openAt(server, { chunkBytes: 700_000 }).putBlob(blob.layer)
    expect((await readAll(openAt(server).readBlob(blob.blob))).equals(blob.bytes)).toBe(true)
  })

  it('has no tag of a push that was stopped', async () => {
    const repository = openOci({ registry: server.registry, path: 'acme/stopped' }, quick)
    const controller = new AbortController()
    const other = artifactOf(noise(20 << 20, 6))
    const pushing = repository.putBlob(other.layer, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('stopped')),
    })
    await expect(pushing).rejects.toThrow('stopped')
    expect(await repository.tags()).toEqual([])
    expect(await repository.hasBlob(other.blob.digest)).toBe(false)
    await push(repository, other, '1.0.0')
    expect(await repository.tags()).toEqual(['1.0.0'])
  })

  it('takes what refuses a wrong digest for what it is', async () => {
    const wrong = { ...artifact.layer, digest: artifactOf(noise(5)).blob.digest }
    await expect(openAt(server).putBlob(wrong)).rejects.toMatchObject({ code: 'CONTENT_DIGEST_MISMATCH' })
    const missing = artifactOf(noise(77, 77)).manifest
    await expect(openAt(server).putManifest(missing, { tag: '3.0.0' })).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
      message: expect.stringContaining('MANIFEST_BLOB_UNKNOWN'),
    })
  })
})

describe('uploads', () => {
  it('are of chunks that are not smaller than the registry wants, and whole where it wants nothing', async () => {
    const fake = await FakeRegistry.start()
    await openAt(fake).putBlob(artifact.layer)
    expect(fake.requests(/^PATCH/)).toEqual([])
    fake.blobs.clear()
    fake.chunkMinimum = 130_000
    await openAt(fake, { chunkBytes: 50_000 }).putBlob(artifact.layer)
    expect(fake.requests(/^PATCH/).map(({ bytes }) => bytes)).toEqual([130_000, 130_000, 40_000])
    expect(fake.blobs.get(artifact.blob.digest)?.equals(artifact.bytes)).toBe(true)
  })

  it('are in chunks after all where something in between limits a request', async () => {
    const fake = await FakeRegistry.start()
    const big = artifactOf(noise(9 << 20))
    fake.hook = ({ headers }, response) =>
      Number(headers['content-length'] ?? 0) > 5 << 20 &&
      !!response.writeHead(413, { connection: 'close' }).end()
    await openAt(fake).putBlob(big.layer)
    expect(fake.blobs.has(big.blob.digest)).toBe(true)
    expect(fake.requests(/^PATCH/)).toHaveLength(3)
  })

  it('go on with what the registry says that it has', async () => {
    const fake = await FakeRegistry.start()
    let isFirst = true
    fake.hook = async (request, response) => {
      if (request.method !== 'PATCH' || !isFirst) return false
      isFirst = false
      const [id = ''] = fake.uploads.keys()
      fake.uploads.set(id, Buffer.from(artifact.bytes.subarray(0, 70_000)))
      const where = {
        location: `${new URL(request.url!, 'http://x').pathname}?_state=a%2Fb`,
        range: '0-69999',
      }
      request.resume()
      return !!response.writeHead(416, where).end()
    }
    await openAt(fake, { chunkBytes: 100_000 }).putBlob(artifact.layer)
    expect(fake.blobs.get(artifact.blob.digest)?.equals(artifact.bytes)).toBe(true)
    expect(fake.seen.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(230_000)
  })

  it('begin again where the registry has forgotten them', async () => {
    const fake = await FakeRegistry.start()
    let isFirst = true
    fake.hook = ({ method }) => {
      if (method === 'PUT' && isFirst) {
        isFirst = false
        fake.uploads.clear()
      }
      return false
    }
    await openAt(fake).putBlob(artifact.layer)
    expect(fake.requests(/^POST/)).toHaveLength(2)
    expect(fake.blobs.has(artifact.blob.digest)).toBe(true)
  })

  it('are spared where another repository has the blob, and not where it has not', async () => {
    const fake = await FakeRegistry.start()
    await openAt(fake).putBlob(artifact.layer, { from: 'acme/other' })
    expect(fake.requests(/^PUT/)).toHaveLength(1)
    fake.hook = ({ method }, response) => method === 'HEAD' && !!response.writeHead(404).end()
    await openAt(fake).putBlob(artifact.layer, { from: 'acme/other' })
    expect(fake.requests(/^PUT/)).toHaveLength(1)
  })
})

describe('downloads', () => {
  const large = artifactOf(noise(20 << 20, 4))

  it('of large blobs are of several parts at a time', async () => {
    const fake = await FakeRegistry.start()
    await openAt(fake).putBlob(large.layer)
    const cache = openCache(testFolder())
    expect(Buffer.from(await cache.fetch(large.blob, openAt(fake))).equals(large.bytes)).toBe(true)
    const ranges = fake.requests(/^GET .*blobs.sha256/).map(({ range }) => range)
    expect(ranges).toEqual(['bytes=0-8388607', 'bytes=8388608-16777215', 'bytes=16777216-20971519'])
  })

  it('go on as well at a registry that knows no parts', async () => {
    const fake = await FakeRegistry.start()
    await openAt(fake).putBlob(large.layer)
    let isFirst = true
    fake.hook = ({ url, method }, response) => {
      if (method !== 'GET' || !url?.includes('/blobs/')) return false
      response.writeHead(200, { 'content-length': large.blob.size })
      if (!isFirst) return !!response.end(large.bytes)
      isFirst = false
      response.write(large.bytes.subarray(0, 11 << 20), () => response.destroy())
      return true
    }
    expect((await readAll(openAt(fake).readBlob(large.blob))).equals(large.bytes)).toBe(true)
    expect(fake.requests(/^GET .*blobs.sha256/)).toHaveLength(2)
  })

  it('are refused where a registry gives another part than was asked for, or has nothing', async () => {
    const fake = await FakeRegistry.start()
    await expect(readAll(openAt(fake).readBlob(large.blob))).rejects.toMatchObject({
      code: 'CONTENT_MISSING',
    })
    fake.hook = (_, response) =>
      !!response.writeHead(206, { 'content-range': `bytes 5-8388612/${large.blob.size}` }).end('x')
    await expect(readAll(openAt(fake).readBlob(large.blob))).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER_INVALID',
    })
  })
})

describe('a registry that is busy', () => {
  it('is asked again, as it wants it', async () => {
    const fake = await FakeRegistry.start()
    const answers: [number, string][] = [
      [503, '0'],
      [429, 'Thu, 01 Jan 1970 00:00:00 GMT'],
      [502, 'soon'],
      [408, ''],
    ]
    fake.hook = (_, response) => {
      const [status, after] = answers.shift() ?? []
      return status !== undefined && !!response.writeHead(status, { 'retry-after': after }).end()
    }
    await push(openAt(fake), artifact, '1.0.0')
    expect(answers).toEqual([])
  })

  it('is given up after a number of tries, or at once if it wants an hour', async () => {
    const fake = await FakeRegistry.start()
    fake.hook = (_, response) =>
      !!response.writeHead(429).end('{"errors":[{"code":"TOOMANYREQUESTS","message":"slow"}]}')
    await expect(openAt(fake).tags()).rejects.toMatchObject({
      code: 'REGISTRY_BUSY',
      message: expect.stringContaining('TOOMANYREQUESTS: slow'),
    })
    expect(fake.seen).toHaveLength(5)
    fake.hook = (_, response) => !!response.writeHead(503, { 'retry-after': '3600' }).end()
    await expect(openAt(fake).tags()).rejects.toMatchObject({ code: 'REGISTRY_BUSY' })
    expect(fake.seen).toHaveLength(6)
  })

  it('is not waited for when the caller has stopped', async () => {
    const fake = await FakeRegistry.start()
    const controller = new AbortController()
    fake.hook = (_, response) => {
      controller.abort(new Error('stopped'))
      return !!response.writeHead(503, { 'retry-after': '50' }).end()
    }
    await expect(openAt(fake).tags({ signal: controller.signal })).rejects.toThrow('stopped')
  })
})

describe('a registry that cannot be reached', () => {
  it('is an error that says why', async () => {
    const nobody = { registry: `127.0.0.1:${await freePort()}` }
    await expect(openAt(nobody).tags()).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      data: { reason: 'the connection was refused' },
    })
    const silent = await FakeRegistry.start()
    silent.hook = () => true
    const timeouts = { answerMs: 50 }
    await expect(openAt(silent, { timeouts, retry: { attempts: 2 } }).tags()).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      data: { reason: 'there was no answer in time' },
    })
  })

  it('is one whose certificate nobody vouches for, until its authority is trusted', async () => {
    const fake = await FakeRegistry.start({ tls: true })
    await expect(openAt(fake, { plainHttp: false }).tags()).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      data: { reason: 'its certificate is not signed by an authority that is trusted' },
    })
    expect(await openAt(fake, { plainHttp: false, ca: certificate }).tags()).toEqual([])
  })
})

it('reaches registries by the proxy of the environment, and this machine without', async () => {
  const fake = await FakeRegistry.start({ tls: true })
  const asked: string[] = []
  const proxy = createServer((_, response) => response.writeHead(500).end()).listen(0, '127.0.0.1')
  proxy.on('connect', (request, near) => {
    asked.push(request.url ?? '')
    const far = connect(fake.port, '127.0.0.1', () => near.write('HTTP/1.1 200 OK\r\n\r\n'))
    near.on('error', () => far.destroy()).pipe(far)
    far.on('error', () => near.destroy()).pipe(near)
  })
  await once(proxy, 'listening')
  onTestFinished(() => void proxy.close())
  const env = {
    HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    NO_PROXY: 'inside.test',
  }
  const options = { ...quick, ca: certificate, env }
  // The certificate is for another name: that it is said shows that the connection was made.
  await expect(openOci({ registry: 'outside.test', path }, options).tags()).rejects.toMatchObject({
    data: { reason: 'its certificate is for another name' },
  })
  expect(asked).toEqual(['outside.test:443'])
  await expect(openOci({ registry: 'inside.test', path }, options).tags()).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
  })
  expect(await openAt(fake, { plainHttp: false, ca: certificate, env }).tags()).toEqual([])
  expect(asked).toHaveLength(1)
})

describe('tags and referrers', () => {
  it('come from all pages of a list', async () => {
    const fake = await FakeRegistry.start()
    fake.hook = ({ url }, response) => {
      const last = Number(new URL(url!, 'http://x').searchParams.get('last') ?? 0)
      if (last < 3)
        response.setHeader('link', `<tags/list?last=${last + 1}>; rel="next"`.replace('tags/', './'))
      return !!response.end(JSON.stringify({ tags: last === 2 ? null : [`1.0.${last}`, `1.1.${last}`] }))
    }
    expect([...(await openAt(fake).tags())].sort()).toEqual([
      '1.0.0',
      '1.0.1',
      '1.0.3',
      '1.1.0',
      '1.1.1',
      '1.1.3',
    ])
  })

  it('are kept by the registry itself where it does so', async () => {
    const fake = await FakeRegistry.start()
    const repository = openAt(fake)
    const subject = await push(repository, artifact, '1.0.0')
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        openAt(fake).attach(subject, [referrerOf(subject, 'application/x.signature', String(index))]),
      ),
    )
    expect(
      await repository.referrers(subject.digest, { artifactType: 'application/x.signature' }),
    ).toHaveLength(8)
    expect(await repository.tags()).toEqual(['1.0.0'])
  })

  for (const [what, status, headers] of [
    ['leads to a page for people', 303, { location: '/limited' }],
    ['answers with a page', 200, { 'content-type': 'text/html' }],
    ['does not allow to ask', 403, {}],
    ['does not know of them', 404, {}],
  ] as const)
    it(`are under a tag where a registry ${what}`, async () => {
      const fake = await FakeRegistry.start()
      fake.hook = ({ url }, response) =>
        !!url?.includes('/referrers/') && !!response.writeHead(status, headers).end('<html>')
      const repository = openAt(fake)
      const subject = await push(repository, artifact, '1.0.0')
      await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          openAt(fake).attach(subject, [referrerOf(subject, 'application/x.signature', String(index))]),
        ),
      )
      const found = await repository.referrers(subject.digest, { artifactType: 'application/x.signature' })
      expect(found).toHaveLength(8)
      expect(await repository.tags()).toEqual(['1.0.0', subject.digest.replace(':', '-')])
      expect(fake.requests(/limited/)).toEqual([])
    })

  it('are an error while the registry is out of order: nobody takes that for none', async () => {
    const fake = await FakeRegistry.start()
    const subject = await push(openAt(fake), artifact, '1.0.0')
    fake.hook = ({ url }, response) => !!url?.includes('/referrers/') && !!response.writeHead(500).end()
    await expect(openAt(fake).referrers(subject.digest)).rejects.toMatchObject({ code: 'REGISTRY_BUSY' })
  })

  it('are an error when others keep taking them out of the list', async () => {
    const fake = await FakeRegistry.start()
    fake.hasReferrers = false
    const subject = await push(openAt(fake), artifact, '1.0.0')
    const tag = subject.digest.replace(':', '-')
    fake.hook = () => {
      fake.tags.delete(tag)
      return false
    }
    await expect(openAt(fake).attach(subject, [referrerOf(subject, 'a/b', '')])).rejects.toMatchObject({
      code: 'REFERRERS_CONTENDED',
    })
    fake.hook = () => false
    await openAt(fake).putManifest(artifact.manifest, { tag })
    await expect(openAt(fake).attach(subject, [referrerOf(subject, 'a/b', '')])).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER_INVALID',
    })
    expect(fake.manifests.get(fake.tags.get(tag)!)?.type).toBe(mediaTypes.manifest)
  })
})
