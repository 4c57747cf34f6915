import { type Credentials, type OciOptions, openOci } from '@wasm-plugin/registry'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { artifactOf, noise, push, readAll } from './helpers/artifacts.js'
import { withPasswords, withTokens } from './helpers/docker-auth.js'
import { hasDockerRegistry, type RunningRegistry, startDockerRegistry } from './helpers/docker-registry.js'
import { startTokenServer, type TokenServer } from './helpers/token-server.js'

const artifact = artifactOf(noise(50_000))
const ada: Credentials = { kind: 'password', username: 'ada', password: 's3cret' }
const mallory: Credentials = { kind: 'password', username: 'ada', password: 'gue55ed' }

/** What somebody gets who may not do it: a code, and no credentials in any word of it. */
async function denial(run: Promise<unknown>): Promise<string> {
  const error = await run.then(
    () => undefined,
    (error: unknown) => error as Error & { code: string },
  )
  for (const secret of ['s3cret', 'gue55ed', 'lasting', 'YWRh'])
    expect(`${error?.stack} ${JSON.stringify(error)}`).not.toContain(secret)
  return error?.code ?? 'none'
}

describe.skipIf(!hasDockerRegistry)("Debian's docker-registry with passwords", () => {
  let server: RunningRegistry
  beforeAll(async () => {
    server = await startDockerRegistry(withPasswords)
  })
  afterAll(async () => await server[Symbol.asyncDispose]())
  const open = (credentials?: OciOptions['credentials']) =>
    openOci({ registry: server.registry, path: 'acme/render' }, { credentials })

  it('lets in whoever has one', async () => {
    await push(open(ada), artifact, '1.0.0')
    const repository = open(ada)
    expect((await readAll(repository.readBlob(artifact.blob))).equals(artifact.bytes)).toBe(true)
  })

  it('asks for credentials once, and when they are wanted', async () => {
    let asked = 0
    const repository = open(async () => {
      asked++
      return ada
    })
    expect(asked).toBe(0)
    await Promise.all([repository.tags(), repository.tags(), repository.manifest('1.0.0')])
    expect(asked).toBe(1)
  })

  it('keeps out everybody else, with a code', async () => {
    expect(await denial(open().tags())).toBe('REGISTRY_DENIED')
    expect(await denial(open(mallory).tags())).toBe('REGISTRY_DENIED')
    expect(await denial(push(open(mallory), artifact, '2.0.0'))).toBe('REGISTRY_DENIED')
    expect(await denial(open({ kind: 'bearer', token: 'gue55ed' }).tags())).toBe('REGISTRY_DENIED')
  })
})

describe.skipIf(!hasDockerRegistry)("Debian's docker-registry with tokens", () => {
  let tokens: TokenServer
  let server: RunningRegistry
  beforeAll(async () => {
    tokens = await startTokenServer()
    server = await startDockerRegistry(() => withTokens(tokens))
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await tokens[Symbol.asyncDispose]()
  })
  const open = (credentials?: Credentials, path = 'acme/render') =>
    openOci({ registry: server.registry, path }, { credentials })

  for (const field of ['token', 'access_token'] as const)
    it(`stores with a token of a user that is called ${field}, and reads with one of anybody`, async () => {
      tokens.field = field
      await push(open(ada), artifact, '1.0.0')
      expect((await readAll(open().readBlob(artifact.blob))).equals(artifact.bytes)).toBe(true)
    })

  it('asks for one token for each scope, and for another when its time is over', async () => {
    const repository = open(ada)
    tokens.asked.length = 0
    await push(repository, artifact, '1.0.1')
    await push(repository, artifact, '1.0.2')
    await repository.tags()
    expect(tokens.asked.sort()).toEqual([
      'ada repository:acme/render:pull',
      'ada repository:acme/render:pull,push',
    ])
    tokens.expiresIn = 0.001
    const brief = open(ada)
    tokens.asked.length = 0
    await brief.tags()
    await brief.tags()
    expect(tokens.asked.length).toBeGreaterThan(1)
    tokens.expiresIn = 300
  })

  it('exchanges an identity token', async () => {
    await push(open({ kind: 'identity', token: 'lasting' }), artifact, '1.0.3')
    expect(await open().tags()).toContain('1.0.3')
  })

  it('takes a blob from another repository of the registry', async () => {
    const other = open(ada, 'acme/other')
    await other.putBlob(artifact.layer, { from: 'acme/render' })
    expect(tokens.asked).toContain('ada repository:acme/other:pull,push repository:acme/render:pull')
    expect(await other.hasBlob(artifact.blob.digest)).toBe(true)
  })

  it('keeps out everybody else, with a code', async () => {
    expect(await denial(push(open(), artifact, '2.0.0'))).toBe('REGISTRY_DENIED')
    expect(await denial(open(mallory).tags())).toBe('REGISTRY_DENIED')
    expect(await denial(open({ kind: 'identity', token: 'gue55ed' }).tags())).toBe('REGISTRY_DENIED')
  })
})
