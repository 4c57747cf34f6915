import { rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { transpileBytes } from '@bytecodealliance/jco-transpile'

const API = 'bench:calls/api'
const UTF16_API = 'bench:utf16/api'

/** @type {import('../rows.mjs').Engine} */
export async function jco({ component, utf16 }, host) {
  const imports = { 'bench:calls/host': host }
  const { instantiate, module } = await transpile(component)
  const texts = await transpile(utf16)
  return {
    ...instantiate(module, imports)[API],
    echoUtf16: texts.instantiate(texts.module, {})[UTF16_API].echo,
    instantiate: () => instantiate(module, imports),
    load: async ({ component: bytes }) => {
      const loaded = await transpile(bytes)
      return loaded.instantiate(loaded.module, imports)[API].add(1, 2)
    },
  }
}

/** What is generated has to be a file: as a URL with the source in it, it would make every stack trace huge. */
const folder = await mkdtemp(path.join(tmpdir(), 'wasm-plugin-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
let written = 0

export async function transpile(component) {
  const { files } = await transpileBytes(component, { name: 'calls', instantiation: 'sync' })
  const modules = new Map()
  const entry = path.join(folder, `calls-${written++}.mjs`)
  for (const [name, content] of entries(files)) {
    if (name.endsWith('.wasm')) modules.set(name, await WebAssembly.compile(content))
    else if (name.endsWith('.js')) await writeFile(entry, content)
  }
  const { instantiate } = await import(pathToFileURL(entry).href)
  return { instantiate, module: (name) => modules.get(name) }
}

function entries(files) {
  return Array.isArray(files) ? files : Object.entries(files)
}
