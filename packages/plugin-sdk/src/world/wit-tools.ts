import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The part of jco's wasm-tools that the SDK uses. */
export interface WitTools {
  componentEmbed(options: EmbedOptions): Promise<Uint8Array>
  componentNew(core: Uint8Array, adapters: [string, Uint8Array][]): Promise<Uint8Array>
}

export interface EmbedOptions {
  binary?: Uint8Array
  witPath?: string
  witSource?: string
  world?: string
  dummy?: boolean
  stringEncoding?: 'utf8' | 'utf16'
}

export interface OpenedTools {
  readonly tools: WitTools
  /** A private folder of this process, and the name under which the tools see it. They see nothing else. */
  readonly root: { readonly host: string; readonly guest: string }
}

/**
 * Loads jco's wasm-tools. They are a component themselves and read files through the WASI shim that they
 * resolve, which opens no folder by default, so one private folder is opened on that very instance. It happens
 * once and before the first call: the tools list their open folders only once.
 */
export function openWitTools(): Promise<OpenedTools> {
  opened ??= open()
  return opened
}

/** Version of the tools, which decides what they make. */
export function witToolsVersion(): string {
  const manifest = createRequire(toolsPath()).resolve('../package.json')
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}

let opened: Promise<OpenedTools> | undefined

const GUEST_ROOT = '/wasm-plugin-wit'

async function open(): Promise<OpenedTools> {
  const path = toolsPath()
  const shimPath = createRequire(path).resolve('@bytecodealliance/preview2-shim/filesystem')
  const shim = (await import(pathToFileURL(shimPath).href)) as {
    _addPreopen(virtualPath: string, hostPath: string): void
  }
  const host = mkdtempSync(join(tmpdir(), 'wasm-plugin-wit-'))
  process.once('exit', () => rmSync(host, { recursive: true, force: true }))
  shim._addPreopen(GUEST_ROOT, host)
  const tools = (await import(pathToFileURL(path).href)) as WitTools
  return { tools, root: { host, guest: GUEST_ROOT } }
}

function toolsPath(): string {
  return createRequire(import.meta.url).resolve('@bytecodealliance/jco-transpile/wasm-tools')
}
