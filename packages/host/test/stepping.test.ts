// On every Node: how a debugger sees a thread, and code of WebAssembly in it.
import { existsSync } from 'node:fs'
import { Session } from 'node:inspector'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import { DwarfReader, dwarfModule } from '@wasm-plugin/embed/internal'
import { createHost, type Host } from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let host: Host
let client: Client
beforeEach(async () => {
  host = await createHost()
  client = await Client.open()
})
afterEach(async () => {
  client.close()
  await host.close()
})

interface Script {
  readonly scriptId: string
  readonly scriptLanguage?: string
  readonly sourceMapURL: string
  readonly length: number
  readonly codeOffset?: number
  readonly debugSymbols?: unknown
}

interface CallFrame {
  readonly location: { readonly scriptId: string; readonly columnNumber: number }
  readonly scopeChain: readonly { readonly type: string; readonly object: { readonly objectId: string } }[]
}

// biome-ignore lint/suspicious/noExplicitAny: of the inspector's protocol.
type Answer = any

/** A debugger of the threads of this process, which speaks the protocol that DevTools and VS Code do. */
class Client {
  readonly scripts: Script[] = []
  readonly #session = new Session()
  readonly #answers = new Map<number, (answer: Answer) => void>()
  readonly #attached: Promise<unknown>[] = []
  #worker = ''
  #sent = 0
  #onPaused: (frames: readonly CallFrame[]) => void = () => {}

  static async open(): Promise<Client> {
    const client = new Client()
    const session = client.#session
    session.connect()
    session.on('NodeWorker.attachedToWorker', ({ params }) => client.#attach(params.sessionId))
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) =>
      client.#receive(JSON.parse(params.message)),
    )
    const options = { waitForDebuggerOnStart: true }
    await new Promise((resolve) => session.post('NodeWorker.enable', options, resolve))
    return client
  }

  /** All that the threads have so far is known then. */
  async attached(): Promise<void> {
    await Promise.all(this.#attached)
  }

  /** The places at which a thread stops from now on. */
  paused(): Promise<readonly CallFrame[]> {
    return new Promise((resolve) => {
      this.#onPaused = resolve
    })
  }

  send(method: string, params: object = {}): Promise<Answer> {
    const id = ++this.#sent
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) =>
        error ? reject(new Error(error.message)) : resolve(result),
      )
      const message = JSON.stringify({ id, method, params })
      this.#session.post('NodeWorker.sendMessageToWorker', { sessionId: this.#worker, message })
    })
  }

  close(): void {
    this.#session.disconnect()
  }

  #attach(worker: string): void {
    this.#worker = worker
    this.#attached.push(this.send('Debugger.enable').then(() => this.send('Runtime.runIfWaitingForDebugger')))
  }

  #receive(message: Answer): void {
    if (message.id !== undefined) this.#answers.get(message.id)?.(message)
    else if (message.method === 'Debugger.scriptParsed') this.scripts.push(message.params)
    else if (message.method === 'Debugger.paused') this.#onPaused(message.params.callFrames)
  }
}

/** What the types of Node leave out. */
const { WebAssembly: wasm } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => WebAssembly.Module
    readonly Global: new (type: object, value: bigint) => ConstructorParameters<typeof DwarfReader>[1]
  }
}

interface Place {
  readonly file: string
  readonly line: number
}

/** Finds the places of an offset in a module as a client does: several where functions were inlined, none where it has none. */
type PlacesOf = (offset: number) => readonly Place[]

/** AssemblyScript: by the source map that the script names. */
function mapped({ sourceMapURL }: Script): PlacesOf {
  const [, data = ''] = /^data:application\/json;base64,(.*)$/.exec(sourceMapURL) ?? []
  const map = new SourceMap(JSON.parse(Buffer.from(data, 'base64').toString()))
  return (offset) => {
    const entry = map.findEntry(0, offset)
    return 'originalSource' in entry && entry.generatedColumn === offset
      ? [{ file: entry.originalSource, line: entry.originalLine + 1 }]
      : []
  }
}

/** DWARF: out of the bytes that the engine has. */
async function described({ scriptId, codeOffset = 0 }: Script): Promise<PlacesOf> {
  const { bytecode } = await client.send('Debugger.getScriptSource', { scriptId })
  const fuel = new wasm.Global({ value: 'i64', mutable: true }, 10_000_000_000n)
  const reader = new DwarfReader(new wasm.Module(await dwarfModule()), fuel)
  expect(reader.open(Buffer.from(bytecode, 'base64'))).toBe(true)
  return (offset) => reader.find(offset - codeOffset)
}

const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url))
const document = { path: 'a.md', markdown: '# Title\n\nSome *text*.\n' }
const log = { 'acme:site/log@0.1.0': { log() {} } }
const examples = [
  {
    language: 'assemblyscript',
    file: example('assemblyscript-plugin/dist/insights.wasm'),
    call: ['acme:site/analyze#analyze', [document, []] as unknown[]] as const,
    place: { file: 'assembly/index.ts', line: 18 },
    symbols: 'SourceMap',
  },
  {
    language: 'rust',
    file: example('rust-plugin/dist/markdown.wasm'),
    call: ['acme:site/render#render', [document] as unknown[]] as const,
    place: { file: 'src/page.rs', line: 27 },
    symbols: 'EmbeddedDWARF',
  },
  {
    language: 'c',
    file: example('c-plugin/dist/prose.wasm'),
    call: ['acme:site/analyze#analyze', [document, []] as unknown[]] as const,
    place: { file: 'src/plugin.c', line: 29 },
    symbols: 'EmbeddedDWARF',
  },
]

for (const { language, file, call, place, symbols } of examples)
  describe.skipIf(!existsSync(file))(`the example in ${language}`, () => {
    it('stops at a line of its author, where a local can be read, and goes on', async () => {
      const plugin = await host.load(file, { imports: log, stepping: true })
      await client.attached()
      const script = client.scripts.find(({ debugSymbols }) =>
        JSON.stringify(debugSymbols ?? null).includes(symbols),
      )!
      const placesOf = symbols === 'SourceMap' ? mapped(script) : await described(script)
      const isThere = (offset: number) =>
        placesOf(offset).some(({ file, line }) => line === place.line && file.endsWith(place.file))
      let offset = script.codeOffset as number
      while (offset < script.length && !isThere(offset)) offset++
      const { actualLocation } = await client.send('Debugger.setBreakpoint', {
        location: { scriptId: script.scriptId, lineNumber: 0, columnNumber: offset },
      })
      expect(isThere(actualLocation.columnNumber)).toBe(true)

      const paused = client.paused()
      const called = plugin.call(call[0], call[1])
      const [frame] = await paused
      expect(frame!.location.scriptId).toBe(script.scriptId)
      expect(isThere(frame!.location.columnNumber)).toBe(true)
      const locals = frame!.scopeChain.find(({ type }) => type === 'local')!
      const { result } = await client.send('Runtime.getProperties', { objectId: locals.object.objectId })
      expect(result.length).toBeGreaterThan(0)
      expect(result[0].value.description ?? result[0].value.type).toBeDefined()
      await client.send('Debugger.resume')
      expect(await called).toBeDefined()
    })
  })

describe('a plugin that is stepped through', () => {
  it.each(['inline', 'process'] as const)('runs in a thread, and not %s', async (isolation) => {
    const loading = host.load(example('rust-plugin/dist/markdown.wasm'), {
      isolation,
      stepping: true,
    } as object)
    await expect(loading).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  })
})
