import type {
  AccessEvent,
  GrantsInput,
  HostImports,
  Isolation,
  LogEvent,
  PluginLimits,
  UntypedExports,
} from '@wasm-plugin/host'
import { closest } from '@wasm-plugin/runtime/text'
import { errors } from '../errors/index.js'
import { fakeImports } from '../fakes/fake-imports.js'
import { readComponent } from './component.js'
import type { FakesOf } from './fakes-of.js'
import { loadHost } from './load-host.js'
import { findComponent } from './project.js'
import { Recorder } from './recorder.js'
import { warnIfStale } from './stale.js'
import { TestFiles } from './test-files.js'
import { TestPlugin } from './test-plugin.js'

export interface LoadPluginOptions<Imports = HostImports> {
  /**
   * Fakes for what the plugin calls in the application, by interface. They may be asynchronous, and throw a
   * `ComponentError` for the `err` of a result. What is left out is answered by a stand-in: nothing happens where there
   * is no result, and the call fails with IMPORT_STUBBED where there is one.
   */
  readonly imports?: FakesOf<Imports>
  /** As in `host.load`. The manifest holds here too: the plugin gets what it asks for and what is granted. */
  readonly grants?: GrantsInput
  /** Files that the plugin may find, by the path it sees: `{ '/data/words.txt': 'one two' }`. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Limits of the host. */
  readonly limits?: Partial<PluginLimits>
  /**
   * `worker` is how applications run plugins: deadlines hold, fakes may be asynchronous, the network is there. `inline`
   * runs the plugin in the thread of the test, for an application that does so.
   *
   * @default 'worker'
   */
  readonly isolation?: Isolation
  /** The component, when it is not the one that `wasm-plugin build` made of the project in the working directory. */
  readonly component?: string | URL | Uint8Array
}

/**
 * Loads the plugin of this project on the real host, with fakes in the place of the application.
 *
 * ```ts
 * const plugin = await loadPlugin({ imports: { 'acme:site/log': { write() {} } } })
 * assert.equal(await plugin.exports['acme:site/render'].render('# Hi'), '<h1>Hi</h1>')
 * assert.deepEqual(plugin.calls('acme:site/log#write').map(({ args }) => args), [['rendered']])
 * ```
 *
 * Node warns with the code COMPONENT_STALE when a source changed after the build.
 *
 * The types of `wasm-plugin types` fit: `loadPlugin<RendererExports, RendererImports>()`.
 *
 * @throws {TEST_OPTION_UNKNOWN} {PROJECT_UNKNOWN} {COMPONENT_MISSING} {TOOLCHAIN_MISSING}, and what `host.load` throws
 */
export async function loadPlugin<Exports = UntypedExports, Imports = HostImports>(
  options: LoadPluginOptions<Imports> = {},
): Promise<TestPlugin<Exports>> {
  checkOptions(options)
  const { createHost, readManifest } = await loadHost()
  const { bytes, component } = await readComponent(options.component ?? componentOfProject())
  const manifest = readManifest(component.customSections)
  const folders = (manifest?.capabilities.fs ?? []).map(({ at }) => at)
  const files = options.files === undefined ? undefined : new TestFiles(options.files, folders)
  const isolation = options.isolation ?? 'worker'
  const recorder = new Recorder()
  const logs: LogEvent[] = []
  const denied: AccessEvent[] = []
  const host = await createHost()
  host.on('log', (event) => logs.push(event)).on('denied', (event) => denied.push(event))
  try {
    const plugin = await host.load<Exports>(bytes, {
      name: manifest?.name ?? 'plugin',
      imports: fakeImports(component.root.type.imports, options.imports ?? {}, recorder.observe),
      grants: grantsFor(options.grants, files),
      isolation,
      limits: options.limits ?? {},
    })
    const exports = plugin.exports as Exports
    return new TestPlugin({
      host,
      recorder,
      files,
      logs,
      denied,
      exports: isolation === 'inline' ? answerLater(exports) : exports,
    })
  } catch (error) {
    await host.close()
    files?.remove()
    throw error
  }
}

/** @throws {TEST_OPTION_UNKNOWN} */
function checkOptions(options: object): void {
  const known = Object.keys(OPTIONS)
  const option = Object.keys(options).find((key) => !known.includes(key))
  if (option !== undefined) throw errors.TEST_OPTION_UNKNOWN({ option, known, guess: closest(option, known) })
}

const OPTIONS: Readonly<Record<keyof LoadPluginOptions, true>> = {
  imports: true,
  grants: true,
  files: true,
  limits: true,
  isolation: true,
  component: true,
}

function componentOfProject(): string {
  const { dir, path } = findComponent(process.cwd())
  warnIfStale(dir, path)
  return path
}

/** All of the files are allowed; the manifest says which of them the plugin gets, and whether it may write. */
function grantsFor(grants: GrantsInput = {}, files: TestFiles | undefined): GrantsInput {
  if (files === undefined) return grants
  return { ...grants, fs: [...(grants.fs ?? []), { path: files.root, at: '/', access: 'read-write' }] }
}

/**
 * A plugin in the application's thread answers at once; a test reads the same as with a thread. Classes, which are the
 * exports with a capital, stay what they are: their objects go back to the plugin.
 */
function answerLater<T>(exports: T): T {
  const later: Record<string, unknown> = Object.create(null)
  for (const [key, value] of Object.entries(exports as Record<string, unknown>)) {
    if (typeof value !== 'function') later[key] = answerLater(value)
    else later[key] = /^[A-Z]/.test(key) ? value : async (...args: unknown[]) => value(...args)
  }
  return later as T
}
