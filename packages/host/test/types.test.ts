import {
  createHost,
  type ErrorCode,
  type InlinePlugin,
  type LoadOptions,
  type Plugin,
  PluginError,
  type PluginGrants,
} from '@wasm-plugin/host'
import { describe, expectTypeOf, it } from 'vitest'

type Exports = { 'a:b/c': { f(): Promise<number> } }
const load = async (options: LoadOptions) => (await createHost()).load<Exports>('a.wasm', options)

describe('what load gives', () => {
  it('is decided by the isolation, and by nothing that the type of the options hides', () => {
    const host = {} as Awaited<ReturnType<typeof createHost>>
    const inThread = () => host.load<Exports>('a.wasm')
    const inline = () => host.load<Exports>('a.wasm', { isolation: 'inline' })
    expectTypeOf(inThread).returns.resolves.toEqualTypeOf<Plugin<Exports>>()
    expectTypeOf(inline).returns.resolves.toEqualTypeOf<InlinePlugin<Exports>>()
    // A variable of `LoadOptions` may hold either.
    expectTypeOf(load).returns.resolves.toEqualTypeOf<Plugin<Exports> | InlinePlugin<Exports>>()
  })
})

describe('an error', () => {
  const error: unknown = new Error('not one of the framework')

  it('has a code that exists, and the facts of that code', () => {
    if (PluginError.is(error, 'DEADLINE_EXCEEDED')) {
      expectTypeOf(error.code).toEqualTypeOf<'DEADLINE_EXCEEDED'>()
      expectTypeOf(error.data).toEqualTypeOf<
        Readonly<{ timeoutMs: number; limit?: 'startMs'; hostFunction?: string }>
      >()
    }
    // @ts-expect-error: no such code, so nothing would ever match
    PluginError.is(error, 'DEADLINE_EXCEDED')
  })

  it('is told by its code', () => {
    if (!PluginError.is(error)) return
    expectTypeOf(error.code).toEqualTypeOf<ErrorCode>()
    if (error.code === 'FILE_NOT_FOUND') expectTypeOf(error.data.path).toBeString()
  })
})

describe('the imports of a plugin', () => {
  interface Imports {
    'a:b/log': { log(level: string, message: string): void }
  }
  it('are checked against the types of its contract', () => {
    const host = {} as Awaited<ReturnType<typeof createHost>>
    const log = () => {}
    const right = () => host.load<Exports, Imports>('a.wasm', { imports: { 'a:b/log': { log } } })
    expectTypeOf(right).returns.resolves.toEqualTypeOf<Plugin<Exports>>()
    // @ts-expect-error: a misspelt function
    const misspelt = () => host.load<Exports, Imports>('a.wasm', { imports: { 'a:b/log': { logg: log } } })
    const untyped = () => host.load<Exports>('a.wasm', { imports: { 'x:y/z': { anything: 1 } } })
    expectTypeOf(untyped).toBeFunction()
    expectTypeOf(misspelt).toBeFunction()
  })
})

describe('the grants of a plugin', () => {
  it('are data that an application can show, of any plugin', () => {
    expectTypeOf<Plugin['grants']>().toEqualTypeOf<PluginGrants>()
    expectTypeOf<InlinePlugin['grants']>().toEqualTypeOf<PluginGrants>()
    expectTypeOf<keyof PluginGrants>().toEqualTypeOf<'asked' | 'given' | 'unasked' | 'refused' | 'rules'>()
    expectTypeOf<PluginGrants['rules']>().toEqualTypeOf<readonly string[]>()
    type Directory = PluginGrants['given']['fs'][number]
    expectTypeOf<keyof Directory>().toEqualTypeOf<
      'at' | 'access' | 'kind' | 'path' | 'quotaBytes' | 'quotaEntries' | 'maxOpen'
    >()
    expectTypeOf<PluginGrants['given']['net']['allow']>().toEqualTypeOf<readonly string[]>()
    expectTypeOf<PluginGrants['given']['env']>().toEqualTypeOf<Readonly<Record<string, string>>>()
    // All the way down, nothing that only this thread can hold.
    expectTypeOf<Leaves<PluginGrants>>().toEqualTypeOf<string | number | null | undefined>()
  })

  it('are what narrowing gives', () => {
    expectTypeOf<Plugin['narrow']>().returns.toEqualTypeOf<PluginGrants>()
  })
})

/** What is left when every object and list of a type is opened. */
type Leaves<T> = T extends string | number | null | undefined
  ? T
  : T extends ArrayBufferLike | ArrayBufferView | ((...args: never) => unknown)
    ? T
    : T extends readonly (infer I)[]
      ? Leaves<I>
      : T extends object
        ? { [K in keyof T]: Leaves<T[K]> }[keyof T]
        : T
