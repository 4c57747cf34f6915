// Random lives of plugins against a model: whatever is asked of a host in whatever order, or at once, comes out as it should.
import {
  createHost,
  type Host,
  type InlinePlugin,
  type Isolation,
  type LoadOptions,
  type Plugin,
  PluginError,
} from '@wasm-plugin/host'
import { beforeAll, expect, it } from 'vitest'
import { fc } from '../../../test/property.js'
import { tries } from '../../../test/seed.js'
import { API, build } from './helpers/builds.js'

const NAMES = ['a', 'b'] as const
const VERSIONS = [1, 2, 3] as const
type Name = (typeof NAMES)[number]
type Version = (typeof VERSIONS)[number]
type Kind = 'fits' | 'misfits' | 'breaks'
type Loaded = Plugin | InlinePlugin

const asks = { env: [{ key: 'KEY', reason: 'Uses it.' }] }
const builds = new Map<string, Uint8Array>()

beforeAll(async () => {
  for (const version of VERSIONS) {
    builds.set(`fits ${version}`, await build({ version, asks }))
    builds.set(`misfits ${version}`, await build({ version, asks, contract: '2.0.0' }))
    builds.set(`breaks ${version}`, await build({ version, asks, isBroken: true }))
  }
})

const buildOf = (kind: Kind, version: Version) => builds.get(`${kind} ${version}`) as Uint8Array

type Step =
  | { do: 'load'; name: Name; version: Version; isolation: Isolation }
  | { do: 'update'; name: Name; version: Version; kind: Kind; consents: boolean }
  | { do: 'call' | 'fault' | 'revoke' | 'unload' | 'close'; name: Name }

const name = fc.constantFrom(...NAMES)
const version = fc.constantFrom(...VERSIONS)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.record({
      do: fc.constant('load' as const),
      name,
      version,
      isolation: fc.constantFrom<Isolation>('worker', 'inline'),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      do: fc.constant('update' as const),
      name,
      version,
      kind: fc.constantFrom<Kind>('fits', 'fits', 'misfits', 'breaks'),
      consents: fc.boolean(),
    }),
    weight: 4,
  },
  {
    arbitrary: fc.record({ do: fc.constantFrom('call', 'call', 'fault', 'revoke', 'unload', 'close'), name }),
    weight: 6,
  },
)

/** What the application holds of a plugin, also when it is closed. */
interface Held {
  readonly plugin: Loaded
  readonly call: () => unknown
  readonly fault: () => unknown
}

/** Does one step. Gives a word for what came of it. */
async function take(host: Host, held: Map<Name, Held>, step: Step): Promise<unknown> {
  const one = held.get(step.name)
  try {
    switch (step.do) {
      case 'load': {
        const options = {
          name: step.name,
          isolation: step.isolation,
          imports: { wait() {} },
          grants: { env: { KEY: 'k' } },
        } as LoadOptions
        const plugin = (await host.load(buildOf('fits', step.version), options)) as Loaded
        const { version: call, fault } = plugin.exports[API]
        held.set(step.name, { plugin, call, fault })
        return 'loaded'
      }
      case 'update': {
        const grants = step.consents ? { grants: { env: { KEY: 'k' } } } : {}
        await one?.plugin.update(buildOf(step.kind, step.version), grants)
        return 'updated'
      }
      case 'call':
        return await one?.call()
      case 'fault':
        return await one?.fault()
      case 'revoke':
        return one?.plugin.revoke('env')
      case 'unload':
        return await host.unload(step.name)
      case 'close':
        return await one?.plugin.close()
    }
  } catch (error) {
    if (PluginError.is(error)) return error.code
    throw error
  }
}

interface Expected {
  version: Version
  isRevoked: boolean
  isClosed: boolean
}

/** The same on paper. */
function onPaper(model: Map<Name, Expected>, step: Step): unknown {
  const one = model.get(step.name)
  if (step.do === 'load') {
    if (one?.isClosed === false) return 'PLUGIN_NAME_TAKEN'
    model.set(step.name, { version: step.version, isRevoked: false, isClosed: false })
    return 'loaded'
  }
  if (step.do === 'unload' && one?.isClosed !== false) return false
  if (one === undefined) return step.do === 'update' ? 'updated' : undefined
  switch (step.do) {
    case 'update':
      if (one.isClosed) return 'PLUGIN_CLOSED'
      if (one.isRevoked && !step.consents) return 'UPDATE_NEEDS_GRANTS'
      if (step.kind === 'misfits') return 'UPDATE_MISFIT'
      if (step.kind === 'breaks') return 'GUEST_TRAP'
      Object.assign(one, { version: step.version, isRevoked: false })
      return 'updated'
    case 'call':
      return one.isClosed ? 'PLUGIN_CLOSED' : one.version
    case 'fault':
      return one.isClosed ? 'PLUGIN_CLOSED' : 'GUEST_TRAP'
    case 'revoke': {
      const count = one.isRevoked ? 0 : 1
      one.isRevoked = true
      return count
    }
    case 'unload':
      one.isClosed = true
      return true
    case 'close':
      one.isClosed = true
      return undefined
  }
}

it('comes out as on paper, one step after the other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const host = await createHost()
      const held = new Map<Name, Held>()
      const model = new Map<Name, Expected>()
      try {
        for (const step of steps) expect(await take(host, held, step), step.do).toEqual(onPaper(model, step))
      } finally {
        await host.close()
      }
      expect(host.plugins.size).toBe(0)
    }),
    { numRuns: tries(12) },
  )
}, 300_000)

/** What may come of a step that others are taken beside. */
const POSSIBLE: Record<Step['do'], readonly unknown[]> = {
  load: ['loaded', 'PLUGIN_NAME_TAKEN', 'HOST_CLOSED'],
  update: ['updated', 'PLUGIN_CLOSED', 'UPDATE_NEEDS_GRANTS', 'UPDATE_MISFIT', 'GUEST_TRAP'],
  call: [...VERSIONS, undefined, 'PLUGIN_CLOSED'],
  fault: ['GUEST_TRAP', undefined, 'PLUGIN_CLOSED'],
  revoke: [0, 1, undefined],
  unload: [true, false],
  close: [undefined],
}

it('comes out as it may, many steps at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 2, maxLength: 8 }), { maxLength: 5 }),
      async (batches) => {
        const host = await createHost()
        const held = new Map<Name, Held>()
        try {
          for (const batch of batches) {
            const results = await Promise.all(batch.map((step) => take(host, held, step)))
            results.forEach((result, i) => {
              const { do: what } = batch[i] as Step
              expect(POSSIBLE[what], what).toContain(result)
            })
            // Whatever happened: what is loaded answers, and what is closed says so.
            for (const [name, { plugin, call }] of held) {
              const isLoaded = host.plugins.get(name) === plugin
              const answer = await take(host, held, { do: 'call', name })
              if (isLoaded) expect(VERSIONS).toContain(answer)
              else expect([...VERSIONS, 'PLUGIN_CLOSED']).toContain(answer)
              expect(call).toBeTypeOf('function')
            }
          }
        } finally {
          await host.close()
        }
        for (const name of held.keys())
          expect(await take(host, held, { do: 'call', name })).toBe('PLUGIN_CLOSED')
      },
    ),
    { numRuns: tries(8) },
  )
}, 300_000)
