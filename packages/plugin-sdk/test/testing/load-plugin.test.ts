import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from '@wasm-plugin/sdk'
import { ComponentError, type LoadPluginOptions, loadPlugin, type TestPlugin } from '@wasm-plugin/sdk/testing'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeFolder, makeProject } from '../support/project.js'

const WIT = `package acme:site@0.1.0;
interface log { write: func(line: string); }
interface words {
  record word { text: string, length: u32 }
  look-up: func(text: string) -> result<word, string>;
  total: func() -> u32;
}
interface render {
  title: func(text: string) -> result<string, string>;
  total: func() -> u32;
  copy: func(source: string, target: string) -> result<string, string>;
  language: func() -> option<string>;
  say: func(line: string);
  spin: func();
}
world renderer {
  import log;
  import words;
  import wasi:cli/environment@0.2.12;
  import wasi:cli/stderr@0.2.12;
  import wasi:filesystem/types@0.2.12;
  import wasi:filesystem/preopens@0.2.12;
  export render;
}`

const SOURCE = `
import * as log from "./gen/acme-site/log";
import * as words from "./gen/acme-site/words";
import * as env from "./gen/std/env";
import * as fs from "./gen/std/fs";
import { CopyResult, TitleResult } from "./gen/acme-site/render";

export function title(text: string): TitleResult {
  log.write("title " + text);
  const word = words.lookUp(text);
  if (word.isErr) return TitleResult.err(word.error);
  return TitleResult.ok("<h1>" + word.value.text + "</h1>");
}
export function total(): u32 { return words.total(); }
export function copy(source: string, target: string): CopyResult {
  const text = fs.readText(source);
  if (text.isErr) return CopyResult.err(text.error);
  const written = fs.writeText(target, text.value.toUpperCase());
  return written.isErr ? CopyResult.err(written.error) : CopyResult.ok(text.value);
}
export function language(): string | null { return env.get("LANG"); }
export function say(line: string): void { console.log(line); }
export function spin(): void { while (true) {} }
`

const MANIFEST = {
  manifestVersion: 1,
  name: 'renderer',
  version: '1.0.0',
  capabilities: {
    fs: [
      { at: '/data', access: 'read', reason: 'words' },
      { at: '/out', access: 'read-write', reason: 'pages' },
    ],
    env: [{ key: 'LANG', reason: 'language' }],
  },
}

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url))

let dir: string
beforeAll(async () => {
  dir = makeProject({
    'wit/world.wit': WIT,
    'assembly/index.ts': SOURCE,
    'wasm-plugin.json': JSON.stringify(MANIFEST),
  })
  const manifestBytes = new TextEncoder().encode(JSON.stringify(MANIFEST))
  await build({ dir, name: 'renderer', wit: 'wit', manifestBytes, mode: 'debug' })
})

const open: TestPlugin[] = []
afterEach(() => Promise.all(open.splice(0).map((plugin) => plugin.close())))

/** Loads the plugin as a test in its project would. */
async function load(options: LoadPluginOptions = {}): Promise<TestPlugin> {
  vi.spyOn(process, 'cwd').mockReturnValue(join(dir, 'wit'))
  try {
    const plugin = await loadPlugin({ isolation: 'inline', ...options })
    open.push(plugin)
    return plugin
  } finally {
    vi.restoreAllMocks()
  }
}

describe.each(['worker', 'inline'] as const)('loadPlugin, %s', (isolation) => {
  it('runs the plugin of the project with fakes, and records what it calls', async () => {
    const plugin = await load({
      isolation,
      imports: {
        'acme:site/words': {
          lookUp: (text: string) => ({ text: `${text}!`, length: text.length }),
        },
      },
    })
    await expect(plugin.exports['acme:site/render'].title('hi')).resolves.toBe('<h1>hi!</h1>')
    expect(plugin.calls()).toEqual([
      { function: 'acme:site/log#write', args: ['title hi'], result: undefined },
      { function: 'acme:site/words#look-up', args: ['hi'], result: { text: 'hi!', length: 2 } },
    ])
    expect(plugin.calls('acme:site/log')).toHaveLength(1)
    expect(plugin.calls('acme:site/words@0.1.0#look-up')).toHaveLength(1)
    expect(plugin.calls('acme:site/wor')).toEqual([])
    plugin.clear()
    expect(plugin.calls()).toEqual([])
  })

  it('gives the plugin the payload of a ComponentError, and the test the one of the plugin', async () => {
    const plugin = await load({
      isolation,
      imports: {
        'acme:site/words@0.1.0': {
          lookUp() {
            throw new ComponentError('no such word')
          },
        },
      },
    })
    await expect(plugin.exports['acme:site/render'].title('hi')).rejects.toMatchObject({
      payload: 'no such word',
    })
    const [call] = plugin.calls('acme:site/words')
    expect(call?.error).toMatchObject({ payload: 'no such word' })
  })

  it('refuses an option that it does not have', async () => {
    const misspelt = { import: {} } as LoadPluginOptions
    await expect(loadPlugin(misspelt)).rejects.toMatchObject({
      code: 'TEST_OPTION_UNKNOWN',
      hint: 'Did you mean `imports`?',
    })
  })

  it('says which fake is missing where only the application has an answer', async () => {
    const plugin = await load({ isolation })
    await expect(plugin.exports['acme:site/render'].total()).rejects.toMatchObject({
      code: 'IMPORT_STUBBED',
      data: { function: 'acme:site/words@0.1.0#total' },
      hint: expect.stringContaining(
        "In a test, give `loadPlugin` a fake: imports: { 'acme:site/words': { total() { … } } }.",
      ),
    })
  })

  it('has files as the manifest asks for them, and shows what the plugin wrote and was denied', async () => {
    const files = { '/data/words.txt': 'one two', '/secret.txt': 'x' }
    const plugin = await load({ isolation, files, grants: { env: { LANG: 'de', PATH: '/' } } })
    const render = plugin.exports['acme:site/render']
    await expect(render.copy('/data/words.txt', '/out/words.txt')).resolves.toBe('one two')
    expect(plugin.file('/out/words.txt')).toBe('ONE TWO')
    expect(plugin.file('/out/none.txt')).toBeUndefined()
    await expect(render.copy('/data/words.txt', '/data/more.txt')).rejects.toThrow()
    expect(plugin.denied).toMatchObject([{ capability: 'fs', target: '/data/more.txt', decision: 'denied' }])
    await expect(render.copy('/secret.txt', '/out/secret.txt')).rejects.toThrow()
    expect(plugin.file('/out/secret.txt')).toBeUndefined()
    await expect(render.language()).resolves.toBe('de')
  })

  it('has no files where the test gives none', async () => {
    const plugin = await load({ isolation })
    await expect(plugin.exports['acme:site/render'].copy('/data/words.txt', '/out/a')).rejects.toThrow()
    expect(plugin.file('/data/words.txt')).toBeUndefined()
  })

  it('collects what the plugin logs', async () => {
    const plugin = await load({ isolation })
    await plugin.exports['acme:site/render'].say('hello')
    expect(plugin.logs).toMatchObject([{ message: 'hello' }])
  })

  it('ends a plugin that does not stop', async () => {
    const plugin = await load({ isolation, limits: { timeoutMs: 200, fuel: 1_000_000 } })
    await expect(plugin.exports['acme:site/render'].spin()).rejects.toMatchObject({ name: 'PluginError' })
    await expect(plugin.exports['acme:site/render'].language()).resolves.toBeUndefined()
  })
})

it('takes asynchronous fakes in a thread, and waits for them', async () => {
  const lookUp = async (text: string) => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (text === '') throw new ComponentError('empty')
    return { text, length: 0 }
  }
  const plugin = await load({ isolation: 'worker', imports: { 'acme:site/words': { lookUp } } })
  const render = plugin.exports['acme:site/render']
  await expect(render.title('later')).resolves.toBe('<h1>later</h1>')
  await expect(render.title('')).rejects.toMatchObject({ payload: 'empty' })
  expect(plugin.calls('acme:site/words')).toMatchObject([
    { args: ['later'], result: { text: 'later' } },
    { args: [''], error: { payload: 'empty' } },
  ])
})

it('takes an object of a class as a fake, with its own `this`', async () => {
  class Words {
    readonly #known = 3
    total() {
      return this.#known
    }
  }
  const plugin = await load({ imports: { 'acme:site/words': new Words() as never } })
  await expect(plugin.exports['acme:site/render'].total()).resolves.toBe(3)
})

it('is typed by what `wasm-plugin types` writes', async () => {
  interface Exports {
    'acme:site/render': { total(): Promise<number> }
  }
  type Imports = { 'acme:site/words': { total(): number; lookUp(text: string): object } }
  const plugin = await loadPlugin<Exports, Imports>({
    component: join(dir, 'dist/renderer.wasm'),
    imports: { 'acme:site/words': { total: () => 7 } },
  })
  open.push(plugin)
  const total: number = await plugin.exports['acme:site/render'].total()
  expect(total).toBe(7)
  const wrong = () =>
    // @ts-expect-error: a fake of the wrong type
    loadPlugin<Exports, Imports>({ imports: { 'acme:site/words': { total: () => 'seven' } } })
  expect(wrong).toBeTypeOf('function')
})

describe('what is closed or missing', () => {
  it('removes its files at the end, and at a load that fails', async () => {
    const plugin = await load({ files: { '/out/a.txt': 'a' } })
    expect(plugin.file('/out/a.txt')).toBe('a')
    await plugin[Symbol.asyncDispose]()
    expect(plugin.file('/out/a.txt')).toBeUndefined()
    await plugin.close()
    await expect(plugin.exports['acme:site/render'].language()).rejects.toMatchObject({
      code: 'PLUGIN_CLOSED',
    })
  })

  it('says that the component is not built, or that there is no project', async () => {
    const path = join(dir, 'dist/none.wasm')
    await expect(loadPlugin({ component: path })).rejects.toMatchObject({ code: 'COMPONENT_MISSING' })
    const found = async (files: Record<string, string>) => {
      vi.spyOn(process, 'cwd').mockReturnValue(makeFolder(files))
      const error = await loadPlugin().catch((e: unknown) => e)
      vi.restoreAllMocks()
      return error
    }
    expect(await found({ 'wasm-plugin.json': '{ "name": "a" }' })).toMatchObject({
      code: 'COMPONENT_MISSING',
    })
    expect(await found({})).toMatchObject({ code: 'PROJECT_UNKNOWN' })
    expect(await found({ 'wasm-plugin.json': '{' })).toMatchObject({ code: 'PROJECT_UNKNOWN' })
    expect(await found({ 'wasm-plugin.json': '[]' })).toMatchObject({ code: 'PROJECT_UNKNOWN' })
  })

  it('says that the host is not installed', () => {
    const folder = makeFolder({
      'test.mjs': `import { loadPlugin } from '@wasm-plugin/sdk/testing'
await loadPlugin().catch(({ code, hint }) => console.log(code, hint))`,
    })
    const scope = join(folder, 'node_modules/@wasm-plugin')
    const needed = ['runtime', 'manifest'].map((name) => `node_modules/@wasm-plugin/${name}`)
    for (const part of ['dist', 'package.json', ...needed])
      cpSync(join(PACKAGE, part), join(scope, 'sdk', part), { recursive: true })
    const shown = execFileSync(process.execPath, ['test.mjs'], { cwd: folder, encoding: 'utf8' })
    expect(shown).toBe('TOOLCHAIN_MISSING Run `npm install --save-dev @wasm-plugin/host` in the project.\n')
  })

  it('leaves no files behind when the plugin does not load', async () => {
    const broken = join(dir, 'dist/broken.wasm')
    writeFileSync(broken, 'no component')
    await expect(loadPlugin({ component: broken, files: { '/a': '' } })).rejects.toMatchObject({
      code: 'NOT_WASM',
    })
    rmSync(broken)
    expect(existsSync(broken)).toBe(false)
  })
})
