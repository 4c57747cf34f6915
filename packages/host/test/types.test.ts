import {
  createHost,
  type ErrorCode,
  type InlinePlugin,
  type LoadOptions,
  type Plugin,
  PluginError,
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
