import type { PluginError as HostError, LogEvent } from '@wasm-plugin/host'
import {
  type BuildResult,
  type BuildSettings,
  build,
  type Language,
  loadWorld,
  sdkErrors,
  type World,
  writeStubs,
} from '@wasm-plugin/sdk'
import {
  ComponentError,
  loadPlugin,
  PluginError,
  type RecordedCall,
  type TestPlugin,
} from '@wasm-plugin/sdk/testing'
import { describe, expectTypeOf, it } from 'vitest'

describe('what builds', () => {
  it('takes what a manifest says, and answers with where the component is', () => {
    expectTypeOf(build).parameter(0).toEqualTypeOf<BuildSettings>()
    expectTypeOf(build).returns.resolves.toEqualTypeOf<BuildResult>()
    expectTypeOf<BuildResult['path']>().toBeString()
    expectTypeOf({ dir: '.', name: 'x', wit: 'wit' }).toExtend<BuildSettings>()
    // @ts-expect-error: no such language
    const settings: BuildSettings = { dir: '.', name: 'x', wit: 'wit', language: 'cobol' }
    expectTypeOf(settings.language).toEqualTypeOf<Language | undefined>()
  })

  it('reads a world, which the generators take', () => {
    expectTypeOf(loadWorld).returns.resolves.toEqualTypeOf<World>()
    expectTypeOf(writeStubs).parameters.toEqualTypeOf<[world: World, language: Language]>()
  })

  it('fails with codes and their facts', () => {
    expectTypeOf(sdkErrors.WIT_MISSING).parameter(0).toEqualTypeOf<{ path: string; reason: string }>()
    expectTypeOf(sdkErrors.WIT_MISSING).returns.toExtend<PluginError>()
    // @ts-expect-error: no such code
    expectTypeOf(sdkErrors.WIT_MISING).toBeFunction()
  })
})

describe('what tests plugins', () => {
  interface Exports {
    'a:b/render': { render(text: string): Promise<string> }
  }
  interface Imports {
    'a:b/log': { write(level: 'info' | 'error', text: string): void; flush(): void }
    now: () => bigint
  }

  it('gives the exports that it is told of', () => {
    expectTypeOf(loadPlugin<Exports, Imports>).returns.resolves.toEqualTypeOf<TestPlugin<Exports>>()
    expectTypeOf<TestPlugin<Exports>['exports']>().toEqualTypeOf<Exports>()
    expectTypeOf<TestPlugin['logs']>().toEqualTypeOf<readonly LogEvent[]>()
    expectTypeOf<TestPlugin['calls']>().returns.toEqualTypeOf<RecordedCall[]>()
    expectTypeOf<TestPlugin['file']>().returns.toEqualTypeOf<string | undefined>()
    expectTypeOf<TestPlugin>().toExtend<AsyncDisposable>()
  })

  it('takes fakes for some of the imports, checked by the contract', () => {
    const write = () => {}
    const some = () => loadPlugin<Exports, Imports>({ imports: { 'a:b/log': { write } } })
    expectTypeOf(some).returns.resolves.toEqualTypeOf<TestPlugin<Exports>>()
    // @ts-expect-error: a misspelt function
    const misspelt = () => loadPlugin<Exports, Imports>({ imports: { 'a:b/log': { wirte: write } } })
    // @ts-expect-error: a function that answers with something else
    const wrong = () => loadPlugin<Exports, Imports>({ imports: { now: () => 'noon' } })
    expectTypeOf(misspelt).toBeFunction()
    expectTypeOf(wrong).toBeFunction()
  })

  it('has the errors of the host, which a test compares with', () => {
    expectTypeOf(PluginError.is).parameter(0).toBeUnknown()
    expectTypeOf<HostError>().toExtend<PluginError>()
    expectTypeOf(new ComponentError({ tag: 'empty' }).payload).toEqualTypeOf<{ tag: string }>()
  })
})
