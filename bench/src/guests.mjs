import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { build } from '@wasm-plugin/sdk'

/** Sizes of component that the load rows are about, in bytes. */
export const LOAD_SIZES = { '44 kB': 44_000, '1 MB': 1_000_000, '11 MB': 11_000_000 }

/** The guests of a size: the core module, the component made of it, and the bytes-only plugin. */
export async function guests(size = 0) {
  const core = pad(await assemble('calls.wat'), size)
  const witSource = await read('calls.wit')
  const embedded = await componentEmbed({ witSource, binary: core, world: 'calls', dummy: false })
  return {
    core,
    component: await componentNew(embedded, []),
    extism: pad(await assemble('extism.wat'), size),
  }
}

/** A plugin in AssemblyScript, whose texts are in UTF-16, as its author builds it. */
export async function utf16Guest() {
  const dir = fileURLToPath(new URL('../guests/utf16', import.meta.url))
  const { path } = await build({ dir, name: 'utf16', language: 'assemblyscript', wit: 'wit' })
  return readFile(path)
}

/** The guests of the WASI rows: a component of WASI 0.2, and a module of preview 1. */
export async function wasiGuests() {
  const witSource = (await read('wasi.wit')) + (await wasiPackages())
  const binary = await assemble('wasi.wat')
  const embedded = await componentEmbed({ witSource, binary, world: 'program', dummy: false })
  return { component: await componentNew(embedded, []), p1: await assemble('wasi-p1.wat') }
}

/** The plugin that floods the application. */
export async function floodGuest() {
  const witSource = (await read('floods.wit')) + (await wasiPackages())
  const embedded = await componentEmbed({
    witSource,
    binary: await assemble('floods.wat'),
    world: 'program',
    dummy: false,
  })
  return componentNew(embedded, [])
}

/** A component of so many exports, which are one function. */
export function exporting(count) {
  const exports = Array.from({ length: count }, (_, i) => `(export "f${i}" (func $f))`)
  return parse(`(component
    (core module $m (func (export "f"))) (core instance $i (instantiate $m))
    (func $f (canon lift (core func $i "f")))
    (instance $x ${exports.join(' ')})
    (export "bench:floods/exports" (instance $x)))`)
}

/** WASI, as packages inside of the one file that a world is read from. */
async function wasiPackages() {
  const deps = new URL('../../wit/deps/', import.meta.url)
  const folders = (await readdir(deps)).filter((name) =>
    /@0\.2\.12$|@0\.2\.0-draft2$|@0\.1\.0-draft$/.test(name),
  )
  const texts = await Promise.all(
    folders.map((name) => readFile(new URL(`${name}/package.wit`, deps), 'utf8')),
  )
  return texts.map((text) => text.replace(/^package (.*);$/m, '\npackage $1 {').concat('}\n')).join('')
}

async function assemble(name) {
  return parse(await read(name))
}

function read(name) {
  return readFile(new URL(`../guests/${name}`, import.meta.url), 'utf8')
}

/** Adds functions that nothing calls, until the module has about `size` bytes: code, as real plugins are. */
function pad(module, size) {
  const functions = Math.floor(Math.max(0, size - module.length) / (FILLER.length + 3))
  if (functions === 0) return module
  const parts = [module.subarray(0, 8)]
  let type = 0
  for (const { id, body } of sections(module)) {
    let content = body
    if (id === SECTION.TYPE) {
      const [count, rest] = vector(body)
      type = count
      content = concat([leb(count + 1), rest, [0x60, 1, 0x7f, 1, 0x7f]])
    } else if (id === SECTION.FUNCTION) {
      const [count, rest] = vector(body)
      content = concat([leb(count + functions), rest, ...Array(functions).fill(leb(type))])
    } else if (id === SECTION.CODE) {
      const [count, rest] = vector(body)
      const entry = concat([leb(FILLER.length), FILLER])
      content = concat([leb(count + functions), rest, ...Array(functions).fill(entry)])
    }
    parts.push([id], leb(content.length), content)
  }
  return concat(parts)
}

const SECTION = { TYPE: 1, FUNCTION: 3, CODE: 10 }

/** A function body of about 600 bytes: arithmetic, a load and a branch, 32 times over. */
const FILLER = (() => {
  const step = [
    ...[0x20, 0, 0x41, 0xc5, 0xbb, 0xf2, 0x88, 0x01, 0x6c, 0x41, 15, 0x76, 0x22, 0], // x = x * c >>> 15
    ...[0x04, 0x40, 0x20, 0, 0x28, 2, 0, 0x21, 0, 0x0b], // if (x) x = memory[x]
  ]
  return Uint8Array.from([0, ...Array(24).fill(step).flat(), 0x20, 0, 0x0b])
})()

function* sections(module) {
  for (let at = 8; at < module.length; ) {
    const id = module[at]
    const [size, body] = readLeb(module, at + 1)
    yield { id, body: module.subarray(body, body + size) }
    at = body + size
  }
}

function vector(body) {
  const [count, start] = readLeb(body, 0)
  return [count, body.subarray(start)]
}

function readLeb(bytes, offset) {
  let value = 0
  for (let at = offset, scale = 1; ; at++, scale *= 128) {
    value += (bytes[at] & 0x7f) * scale
    if (bytes[at] < 0x80) return [value, at + 1]
  }
}

function leb(value) {
  const bytes = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return [...bytes, rest]
}

function concat(parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
