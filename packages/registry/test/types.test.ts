import type { PluginResolver, WantedPlugin } from '@wasm-plugin/host'
import {
  type Confirm,
  type CreateOptions,
  createRegistry,
  type Digest,
  generateKeys,
  type Installed,
  isDigest,
  type Lock,
  type Registry,
  type Review,
  readPrivateKey,
  type SigningKey,
  type Status,
} from '@wasm-plugin/registry'
import { describe, expectTypeOf, it } from 'vitest'

describe('a registry', () => {
  it('is what a host takes to find plugins by their names', () => {
    expectTypeOf(createRegistry).returns.resolves.toEqualTypeOf<Registry>()
    expectTypeOf<Registry>().toExtend<PluginResolver>()
    expectTypeOf<WantedPlugin>().toExtend<Parameters<Registry['resolve']>[1]>()
  })

  it('takes options by their names', () => {
    expectTypeOf({ registries: { acme: 'dir:./plugins' }, frozen: true }).toExtend<CreateOptions>()
    // @ts-expect-error: a misspelt option, which would leave the lock file open
    const misspelt: CreateOptions = { froozen: true }
    expectTypeOf(misspelt.frozen).toEqualTypeOf<boolean | undefined>()
  })

  it('asks for consent with all that somebody has to know', () => {
    expectTypeOf<Confirm>().toEqualTypeOf<(review: Review) => boolean | Promise<boolean>>()
    expectTypeOf<CreateOptions['confirm']>().toEqualTypeOf<Confirm | undefined>()
    expectTypeOf<Review['manifest']>().toEqualTypeOf<Digest>()
    expectTypeOf<Review['kind']>().toEqualTypeOf<'plugin' | 'wit'>()
  })

  it('says what it installed, and lists it', () => {
    expectTypeOf<Registry['install']>().returns.resolves.toEqualTypeOf<Installed>()
    expectTypeOf<Installed['bytes']>().toExtend<Uint8Array>()
    expectTypeOf<Registry['list']>().returns.resolves.toEqualTypeOf<Lock>()
  })
})

describe('what is signed with', () => {
  it('is a key, and no text of one', () => {
    expectTypeOf(readPrivateKey).returns.toEqualTypeOf<SigningKey>()
    const registry = {} as Registry
    const { privatePem } = generateKeys()
    // @ts-expect-error: the text of a key
    const unread = () => registry.publish(new Uint8Array(), { key: privatePem })
    expectTypeOf(unread).toBeFunction()
  })

  it('withdraws a version with a status', () => {
    expectTypeOf<Parameters<Registry['withdraw']>[0]>().toExtend<Status>()
    expectTypeOf<Registry['withdraw']>().returns.resolves.toEqualTypeOf<{ manifest: Digest }>()
  })
})

describe('a digest', () => {
  it('is told from other text', () => {
    const text = 'sha256:00' as string
    if (isDigest(text)) expectTypeOf(text).toEqualTypeOf<Digest>()
  })
})
