import {
  type Credentials,
  digestOf,
  mediaTypes,
  type OciOptions,
  openCache,
  openOci,
  type Repository,
} from '@wasm-plugin/registry'
import { describe, expect } from 'vitest'
import { artifactOf, noise, push, readAll } from '../helpers/artifacts.js'
import { attack } from '../helpers/attack.js'
import { FakeRegistry, type Hook } from '../helpers/fake-registry.js'
import { testFolder } from '../helpers/folders.js'
import { certificate } from '../helpers/token-server.js'

const ada: Credentials = { kind: 'password', username: 'ada', password: 's3cret-w0rd' }
const BASIC = `Basic ${Buffer.from('ada:s3cret-w0rd').toString('base64')}`
const quick: OciOptions = { retry: { attempts: 3, baseMs: 1 } }
const artifact = artifactOf(noise(40_000))

/** A registry with one version, which then answers as `hook` wants. */
async function hostile(hook: Hook, options: OciOptions = {}) {
  const fake = await FakeRegistry.start()
  const repository = openOci({ registry: fake.registry, path: 'acme/render' }, { ...quick, ...options })
  const stored = await push(repository, artifact, '1.0.0')
  fake.seen.length = 0
  fake.hook = hook
  return { fake, repository, stored }
}

const isBlob = (url: string | undefined) => /\/blobs\/sha256:/.test(url ?? '')
const code = async (run: Promise<unknown>): Promise<unknown> =>
  await run.then(
    () => 'none',
    (error) => error.code,
  )

/** What comes of a blob, both read and fetched to a cache, in which nothing may be left. */
async function fetched(repository: Repository): Promise<unknown> {
  const cache = openCache(testFolder())
  const given: number[] = []
  const reading = (async () => {
    for await (const piece of repository.readBlob(artifact.blob)) given.push(piece.length)
  })()
  const read = await code(reading)
  expect(given.reduce((sum, size) => sum + size, 0)).toBeLessThan(artifact.blob.size)
  expect(await code(cache.fetch(artifact.blob, repository))).toBe(read)
  expect(await cache.get(artifact.blob.digest)).toBeUndefined()
  expect(await cache.usage()).toEqual({ blobs: 0, bytes: 0 })
  return read
}

describe('bytes of a hostile registry', () => {
  attack(
    'G4',
    'a registry flips a bit of a component',
    'the digest is compared while it streams: nobody gets the last bytes, and nothing is kept',
    async () => {
      const flipped = Buffer.from(artifact.bytes)
      flipped[33]! ^= 1
      const { repository } = await hostile(({ url }, response) => isBlob(url) && !!response.end(flipped))
      expect(await fetched(repository)).toBe('CONTENT_DIGEST_MISMATCH')
    },
  )

  attack(
    'G5',
    'a registry ends a component early, however often it is asked for the rest',
    'it is refused after a number of tries',
    async () => {
      const { fake, repository } = await hostile(({ url }, response) => isBlob(url) && !!response.end())
      expect(await fetched(repository)).toBe('CONTENT_SIZE_MISMATCH')
      expect(fake.seen.length).toBeLessThan(30)
    },
  )

  attack(
    'G6',
    'a registry gives a component without an end, or parts that are longer than was asked for',
    'it is refused at the first byte that is too many',
    async () => {
      let sent = 0
      const { repository } = await hostile(({ url }, response) => {
        if (!isBlob(url)) return false
        const more = () => {
          sent += 1 << 16
          if (!response.destroyed) response.write(Buffer.alloc(1 << 16), () => setImmediate(more))
        }
        more()
        return true
      })
      expect(await fetched(repository)).toBe('CONTENT_SIZE_MISMATCH')
      expect(sent).toBeLessThan(64 << 20)
    },
  )

  attack(
    'G7',
    'a registry gives another manifest for a digest, or other bytes than it says a tag has',
    'it is refused: bytes are what their digest says',
    async () => {
      const other = artifactOf(noise(10)).manifest
      const { repository, stored } = await hostile(({ url }, response) => {
        if (!url?.includes('/manifests/')) return false
        response.writeHead(200, {
          'content-type': mediaTypes.manifest,
          'docker-content-digest': stored.digest,
        })
        return !!response.end(other)
      })
      expect(await code(repository.manifest(stored.digest))).toBe('CONTENT_DIGEST_MISMATCH')
      expect(await code(repository.manifest('1.0.0'))).toBe('CONTENT_DIGEST_MISMATCH')
    },
  )

  attack(
    'G8',
    'a manifest, a list of tags or of signatures is of any size',
    'each has a limit, and reading ends there',
    async () => {
      const { repository, stored } = await hostile((_, response) => {
        response.writeHead(200, { 'content-type': mediaTypes.index })
        const more = () =>
          void (response.destroyed || response.write(Buffer.alloc(1 << 18, 32), () => setImmediate(more)))
        more()
        return true
      })
      expect(await code(repository.manifest('1.0.0'))).toBe('CONTENT_TOO_LARGE')
      expect(await code(repository.tags())).toBe('CONTENT_TOO_LARGE')
      expect(await code(repository.referrers(stored.digest))).toBe('CONTENT_TOO_LARGE')
      expect(
        await code(
          repository.putManifest(
            Buffer.from(`{"mediaType":"${mediaTypes.index}","x":"${'x'.repeat(5 << 20)}"}`),
          ),
        ),
      ).toBe('CONTENT_TOO_LARGE')
    },
  )

  attack(
    'G9',
    'a registry says that a manifest is of another type than the manifest says itself',
    'it is refused, as is what is no manifest: the same bytes are never two things',
    async () => {
      const answers = [
        [mediaTypes.index, artifact.manifest],
        ['text/html', '<html>'],
        [mediaTypes.manifest, '[]'],
        [mediaTypes.manifest, '\xff'],
        ['application/vnd.docker.distribution.manifest.v2+json', '{}'],
      ] as const
      for (const [type, bytes] of answers) {
        const { repository } = await hostile(({ url }, response) => {
          if (!url?.includes('/manifests/')) return false
          return !!response.writeHead(200, { 'content-type': type }).end(bytes)
        })
        expect(await code(repository.manifest('1.0.0'))).toBe('REGISTRY_ANSWER_INVALID')
      }
    },
  )

  attack(
    'G10',
    'a registry packs a few bytes so that they become gigabytes',
    'nothing is unpacked on the way: the packed bytes are compared, and are others',
    async () => {
      const { gzipSync } = await import('node:zlib')
      const packed = gzipSync(artifact.bytes)
      const { repository } = await hostile(({ url, headers }, response) => {
        if (!isBlob(url)) return false
        expect(headers['accept-encoding']).toBe('identity')
        return !!response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed)
      })
      expect(await fetched(repository)).toMatch(/^CONTENT_(SIZE|DIGEST)_MISMATCH$/)
    },
  )

  attack(
    'G11',
    'a registry gives a byte of a component now and then, or ends each connection after one',
    'both have an end: less than a kilobyte a second is too slow, and a component has a number of tries',
    async () => {
      const timeouts = { idleMs: 300 }
      const dripping = await hostile(
        ({ url }, response) => {
          if (!isBlob(url)) return false
          const timer = setInterval(() => response.write('x'), 20)
          response.on('close', () => clearInterval(timer))
          return true
        },
        { timeouts },
      )
      const error = await readAll(dripping.repository.readBlob(artifact.blob)).catch((error) => error)
      expect(error).toMatchObject({
        code: 'REGISTRY_UNREACHABLE',
        data: { reason: 'the answer came too slowly' },
      })
      const cutting = await hostile(({ url }, response) => {
        if (!isBlob(url)) return false
        response.writeHead(200, { 'content-length': artifact.blob.size })
        response.write(artifact.bytes.subarray(0, 1), () => response.destroy())
        return true
      })
      expect(await code(readAll(cutting.repository.readBlob(artifact.blob)))).toBe('REGISTRY_UNREACHABLE')
      expect(cutting.fake.seen.length).toBeLessThan(30)
    },
  )
})

describe('credentials at a hostile registry', () => {
  /** Wants a log-in for everything. */
  const basic: Hook = ({ headers }, response) =>
    headers.authorization !== BASIC &&
    !!response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()

  attack(
    'G12',
    'a registry sends the request for a component to another host, which asks for a log-in too',
    'the other host does not get to know who asks; what it gives is compared like all bytes',
    async () => {
      const cdn = await FakeRegistry.start()
      cdn.blobs.set(artifact.blob.digest, Buffer.from(artifact.bytes))
      const { fake, repository } = await hostile(
        async (request, response, seen) => {
          if (await basic(request, response, seen)) return true
          if (!isBlob(request.url)) return false
          return !!response.writeHead(307, { location: `${cdn.origin}${request.url}` }).end()
        },
        { credentials: ada },
      )
      expect((await readAll(repository.readBlob(artifact.blob))).equals(artifact.bytes)).toBe(true)
      expect(fake.seen.at(-1)?.authorization).toBe(BASIC)
      cdn.hook = (_, response) => !!response.writeHead(401, { 'www-authenticate': 'Basic realm="y"' }).end()
      expect(await code(readAll(repository.readBlob(artifact.blob)))).toBe('REGISTRY_DENIED')
      expect(cdn.seen.length).toBeGreaterThan(1)
      expect(cdn.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([])
    },
  )

  attack(
    'G13',
    'a registry that is spoken to by https sends a request, or an upload, on to http',
    'it is refused, in the one direction and in the other',
    async () => {
      const clear = await FakeRegistry.start()
      const fake = await FakeRegistry.start({ tls: true })
      const options = { ...quick, plainHttp: false, ca: certificate, credentials: ada }
      const repository = openOci({ registry: fake.registry, path: 'acme/render' }, options)
      await push(repository, artifact, '1.0.0')
      fake.hook = ({ url }, response) =>
        !!response.writeHead(302, { location: `${clear.origin}${url}` }).end()
      expect(await code(repository.manifest('1.0.0'))).toBe('REGISTRY_REDIRECT_REFUSED')
      fake.hook = ({ method }, response) =>
        method === 'POST' &&
        !!response.writeHead(202, { location: `${clear.origin}/v2/x/blobs/uploads/u1` }).end()
      expect(await code(repository.putBlob(artifactOf(noise(7)).layer))).toBe('REGISTRY_REDIRECT_REFUSED')
      expect(clear.seen).toEqual([])
    },
  )

  attack(
    'G14',
    'a registry, or somebody between, sends a write elsewhere by a status that makes a GET of it, or without end',
    'it is refused: a write is followed where it stays the same, and a few times',
    async () => {
      for (const status of [301, 302, 303]) {
        const { fake, repository } = await hostile(
          ({ method, url }, response) =>
            method === 'PUT' && !!response.writeHead(status, { location: `${url}x` }).end(),
        )
        expect(await code(repository.putManifest(artifact.manifest, { tag: '2.0.0' }))).toBe(
          'REGISTRY_REDIRECT_REFUSED',
        )
        expect(fake.seen).toHaveLength(1)
      }
      const { fake, repository } = await hostile(
        ({ url }, response) => !!response.writeHead(308, { location: url }).end(),
      )
      expect(await code(repository.manifest('1.0.0'))).toBe('REGISTRY_REDIRECT_REFUSED')
      expect(fake.seen.length).toBeLessThan(12)
      for (const location of ['file:///etc/passwd', 'http://ada:pw@127.0.0.1/', 'data:,x', '']) {
        const { repository } = await hostile((_, response) => !!response.writeHead(307, { location }).end())
        expect(await code(repository.manifest('1.0.0'))).toBe('REGISTRY_REDIRECT_REFUSED')
      }
    },
  )

  attack(
    'G15',
    'a registry names a token server of its own choice, to be sent the password',
    'one that speaks http names its own host alone, one that speaks https only what speaks https and is not this machine',
    async () => {
      const thief = await FakeRegistry.start()
      const realms = (tls: boolean) => [
        thief.origin.replace('127.0.0.1', 'localhost'),
        ...(tls
          ? [thief.origin, 'https://127.0.0.1:1/token', 'https://localhost/t']
          : ['http://thief.test/t', 'https://thief.test/t']),
        'ftp://x',
        'nonsense',
        `http://x:y@127.0.0.1:${thief.port}/`,
      ]
      for (const tls of [false, true]) {
        for (const realm of realms(tls)) {
          const fake = await FakeRegistry.start({ tls })
          const options = { ...quick, plainHttp: !tls, ca: certificate, credentials: ada }
          const repository = openOci({ registry: fake.registry, path: 'acme/render' }, options)
          fake.hook = (_, response) =>
            !!response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="x"` }).end()
          expect(await code(repository.tags())).toBe('REGISTRY_REALM_REFUSED')
        }
      }
      expect(thief.seen).toEqual([])
    },
  )

  attack(
    'G16',
    'a registry repeats the credentials in what it says, between escapes of terminals and a page',
    'no message has them, and what is shown is one line of plain text',
    async () => {
      const { repository } = await hostile(
        ({ headers }, response) => {
          const { authorization } = headers
          if (authorization === undefined)
            return !!response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
          const secret = Buffer.from(authorization.slice(6), 'base64').toString().slice(4)
          const page = `<html><script>x()</script><b>\u001b[31mno\u202e\u0007</b>\r\n${authorization} ${secret}${' '.repeat(500)}`
          return !!response.writeHead(418).end(page)
        },
        { credentials: ada },
      )
      const error = await repository.tags().catch((error) => error)
      expect(error).toMatchObject({ code: 'REGISTRY_REFUSED' })
      const all = `${error.stack} ${JSON.stringify(error)} ${JSON.stringify(error.cause ?? '')}`
      expect(all).not.toContain('s3cret-w0rd')
      expect(all).not.toContain(BASIC.slice(6))
      expect(error.message).toMatch(/^[\x20-\x7e]*$/)
      expect(error.message).not.toContain('x()')
    },
  )

  attack(
    'G17',
    'a registry says that an upload, or the next page of a list, is on another host',
    'the other host gets what is uploaded and no credentials; a list stays on its registry',
    async () => {
      const other = await FakeRegistry.start()
      other.uploads.set('u7', Buffer.alloc(0))
      const { repository } = await hostile(
        async (request, response, seen) => {
          if (await basic(request, response, seen)) return true
          if (request.method === 'POST')
            return !!response
              .writeHead(202, { location: `${other.origin}/v2/a/b/blobs/uploads/u7?_state=a%2Fb` })
              .end()
          if (!request.url?.includes('/tags/')) return false
          return !!response
            .setHeader('link', `<${other.origin}/v2/a/b/tags/list?n=1>; rel="next"`)
            .end('{"tags":[]}')
        },
        { credentials: ada },
      )
      await repository.putBlob(artifactOf(noise(9, 9)).layer)
      expect(other.seen.map(({ method, authorization }) => [method, authorization])).toEqual([
        ['PUT', undefined],
      ])
      expect(await code(repository.tags())).toBe('REGISTRY_ANSWER_INVALID')
      expect(other.seen).toHaveLength(1)
    },
  )
})

describe('lists of a hostile registry', () => {
  attack(
    'G18',
    'a list of tags has pages without end, or one that leads to itself',
    'the number of pages has a limit',
    async () => {
      let page = 0
      const { fake, repository } = await hostile(({ url }, response) => {
        if (!url?.includes('/tags/')) return false
        return !!response
          .setHeader('link', `</v2/acme/render/tags/list?last=${page++}>; rel="next"`)
          .end(`{"tags":["t${page}"]}`)
      })
      expect(await code(repository.tags())).toBe('REGISTRY_ANSWER_INVALID')
      expect(fake.seen.length).toBeLessThan(300)
    },
  )

  attack(
    'G19',
    'a list names tags and digests that are paths, or no texts at all',
    'they are passed over: none is asked for',
    async () => {
      const { fake, repository, stored } = await hostile(({ url }, response) => {
        if (url?.includes('/tags/'))
          return !!response.end('{"tags":["../../x","1.0.0",7,null,"a b","__proto__",""]}')
        if (!url?.includes('/referrers/')) return false
        const manifests = [
          { digest: '../x' },
          null,
          7,
          { mediaType: 'a', digest: stored.digest, size: -1 },
          { mediaType: 'a', digest: stored.digest, size: 1e12 },
        ]
        return !!response.setHeader('content-type', mediaTypes.index).end(JSON.stringify({ manifests }))
      })
      expect(await repository.tags()).toEqual(['1.0.0', '__proto__'])
      expect(await repository.referrers(stored.digest)).toEqual([])
      expect(fake.requests(/manifests/)).toEqual([])
    },
  )

  attack(
    'G20',
    'a registry lists thousands of signatures of one version, on pages without end',
    'fifty are looked at',
    async () => {
      const { fake, repository, stored } = await hostile(({ url }, response) => {
        if (!url?.includes('/referrers/')) return false
        const manifests = Array.from({ length: 400 }, (_, index) => ({
          mediaType: mediaTypes.manifest,
          digest: digestOf(Buffer.from(`${url}${index}`)),
          size: 10,
          artifactType: 'application/x.signature',
        }))
        response.setHeader('content-type', mediaTypes.index).setHeader('link', `<${url}a>; rel=next`)
        return !!response.end(JSON.stringify({ manifests }))
      })
      expect(await repository.referrers(stored.digest)).toHaveLength(50)
      expect(fake.seen.length).toBeLessThan(30)
    },
  )

  attack(
    'G21',
    'a path, a tag or a digest leads out of its repository, on the way to a registry or to a folder',
    'each has a grammar, and nothing else becomes a part of an address or of a name of a file',
    async () => {
      const { openLayout } = await import('@wasm-plugin/registry')
      const opened = [
        (path: string) => openOci({ registry: 'ghcr.io', path }),
        (path: string) => openLayout({ folder: testFolder(), path }),
      ]
      for (const open of opened) {
        for (const path of [
          '',
          '..',
          'a/../b',
          '/a',
          'a/',
          'a//b',
          'A',
          'a b',
          'a?b',
          'a#b',
          'a%2fb',
          'a\\b',
          'a\0',
          'x'.repeat(300),
        ])
          expect(() => open(path)).toThrow(expect.objectContaining({ code: 'REGISTRY_NAME_INVALID' }))
        const repository = open('a')
        for (const reference of [
          '',
          '..',
          '../x',
          'a/b',
          '-a',
          'a?b',
          'x'.repeat(129),
          'sha256:AB',
          `sha256:${'../'.repeat(21)}x`,
        ]) {
          expect(await code(repository.manifest(reference))).toBe('REGISTRY_NAME_INVALID')
          expect(await code(repository.hasBlob(reference as never))).toBe('REGISTRY_NAME_INVALID')
          expect(await code(repository.putManifest(artifact.manifest, { tag: `${reference}/..` }))).toBe(
            'REGISTRY_NAME_INVALID',
          )
        }
      }
      for (const registry of [
        '',
        'a/b',
        'user@host',
        'host:port',
        'host?x',
        'HOST',
        'a..b',
        '[::1',
        'h:99999',
      ])
        expect(() => openOci({ registry, path: 'a' })).toThrow(
          expect.objectContaining({ code: 'REGISTRY_NAME_INVALID' }),
        )
    },
  )
})
