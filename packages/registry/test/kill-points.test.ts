import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createRegistry, generateKeys, type Registry } from '@wasm-plugin/registry'
import { PluginError } from '@wasm-plugin/runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isWhole, SEED, tries } from '../../../test/seed.js'
import { noise } from './helpers/artifacts.js'
import { hasDockerRegistry, type RunningRegistry, startDockerRegistry } from './helpers/docker-registry.js'
import { testFolder } from './helpers/folders.js'
import { pluginWith } from './helpers/plugins.js'
import { trustOnly } from './helpers/registries.js'
import { runProgram } from './helpers/writers.js'

const POINTS = tries(2)
const TIMEOUT = tries(120_000)

/** Another one for each number, the same in each run with one seed. */
const pointOf = (n: number, calls: number) =>
  1 + (Buffer.from(noise(4, SEED * 1_000 + n)).readUInt32LE() % calls)

let server: RunningRegistry | undefined
beforeAll(async () => {
  server = hasDockerRegistry ? await startDockerRegistry() : undefined
})
afterAll(async () => await server?.[Symbol.asyncDispose]())

const PLACES: [string, boolean, () => string][] = [
  ['a folder', true, () => `dir:${testFolder()}`],
  ["Debian's docker-registry", hasDockerRegistry, () => server!.registry],
]

describe.each(PLACES)('%s', (name, isThere, placeOf) => {
  test.skipIf(!isThere)(
    'has a version wholly or not at all, wherever its author is ended, and takes it when it is published again',
    async () => {
      const [place, id] = [placeOf(), 'acme:published']
      const author = await authorOf(place)
      const publish = async (version: string, killAt = 0) => {
        const file = path.join(author.folder, 'plugin.wasm')
        await writeFile(file, pluginWith({ id, name: 'published', version }))
        return await runProgram('author.mjs', ['publish', author.folder, place, file], { killAt })
      }
      const { calls } = await publish('1.0.0')
      expect(calls).toBeGreaterThan(20)
      const seen = { killed: 0, there: 0, notThere: 0 }
      for (let n = 1; n <= POINTS; n++) {
        const version = `1.0.${n}`
        const { signal } = await publish(version, pointOf(n, calls))
        if (signal === 'SIGKILL') seen.killed++
        const application = await author.application()
        const failed = await failureOf(application.install(`${id}@${version}`))
        expect([undefined, 'VERSION_NOT_FOUND']).toContain(failed?.code)
        if (failed === undefined) seen.there++
        else seen.notThere++
        expect(await publish(version)).toMatchObject({ code: 0 })
        const { plugin } = await (await author.application()).install(`${id}@${version}`)
        expect(plugin.signer).toMatchObject({ id: author.keyId })
      }
      const { versions } = await (await author.application()).search(id, { limit: POINTS + 1 })
      expect(versions.length).toBe(POINTS + 1)
      told(`publishing to ${name}: ${calls} calls, ${summary(seen)}`)
    },
    TIMEOUT,
  )

  test.skipIf(!isThere)(
    'is installed from wholly or not at all, wherever the application is ended, and when it is done again',
    async () => {
      const [place, id] = [placeOf(), 'acme:installed']
      const author = await authorOf(place)
      const bytes = pluginWith({ id, name: 'installed' })
      const file = path.join(author.folder, 'plugin.wasm')
      for (const component of [bytes, pluginWith({ id: 'acme:before', name: 'before' })]) {
        await writeFile(file, component)
        expect(await runProgram('author.mjs', ['publish', author.folder, place, file])).toMatchObject({
          code: 0,
        })
      }
      const install = (folder: string, killAt = 0) =>
        runProgram('author.mjs', ['install', folder, place, id], { killAt })
      const { calls } = await install(await author.trusting())
      expect(calls).toBeGreaterThan(5)
      const seen = { killed: 0, there: 0, notThere: 0 }
      for (let n = 1; n <= POINTS; n++) {
        const folder = await author.trusting()
        const application = await author.application({ folder })
        const before = await application.install('acme:before')
        const { signal } = await install(folder, pointOf(n, calls))
        if (signal === 'SIGKILL') seen.killed++
        const lock = await application.list()
        expect(lock.get('acme:before')).toEqual(before.plugin)
        const offline = await author.application({ folder, offline: true })
        if (lock.has(id)) {
          seen.there++
          expect(Buffer.compare(await bytesOf(offline, id), bytes)).toBe(0)
        } else seen.notThere++
        expect(await install(folder)).toMatchObject({ code: 0 })
        expect(Buffer.compare(await bytesOf(offline, id), bytes)).toBe(0)
      }
      told(`installing from ${name}: ${calls} calls, ${summary(seen)}`)
    },
    TIMEOUT,
  )
})

/** An author with a key, and applications that trust nobody else. */
async function authorOf(place: string) {
  const keys = generateKeys()
  const folder = testFolder()
  await writeFile(path.join(folder, 'acme.key'), keys.privatePem)
  const trusting = async () => {
    const application = testFolder()
    await trustOnly(application, keys.publicPem)
    return application
  }
  const application = async (options: { folder?: string; offline?: boolean } = {}): Promise<Registry> => {
    const at = options.folder ?? (await trusting())
    const cacheFolder = path.join(at, '.cache')
    const registries = { acme: place }
    return await createRegistry({ ...options, folder: at, cacheFolder, registries, confirm: () => true })
  }
  return { folder, keyId: keys.id, trusting, application }
}

async function bytesOf(registry: Registry, name: string): Promise<Uint8Array> {
  return (await registry.resolve(name, { imports: [], exports: [] })).bytes
}

async function failureOf(promise: Promise<unknown>): Promise<PluginError | undefined> {
  return await promise.then(
    () => undefined,
    (error) => {
      if (PluginError.is(error)) return error
      throw error
    },
  )
}

const summary = ({ killed, there, notThere }: { killed: number; there: number; notThere: number }) =>
  `${POINTS} points, ${killed} ended, ${there} times there afterwards, ${notThere} times not`

/** For whoever lets it run long. */
function told(line: string): void {
  if (isWhole) console.log(line)
}
