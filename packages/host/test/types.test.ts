import { createHost, type InlinePlugin, type LoadOptions, type Plugin } from '@wasm-plugin/host'
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
