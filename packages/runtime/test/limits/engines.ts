import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** This Node, and the newer ones that the workspace installs for tests on the platforms that have them. */
export const engines: readonly { name: string; path: string }[] = [
  { name: `Node ${process.versions.node}`, path: process.execPath },
  ...['node-24', 'node-26']
    .map((name) => ({
      name,
      path: fileURLToPath(new URL(`../../../../test/engines/node_modules/${name}/bin/node`, import.meta.url)),
    }))
    .filter(({ path }) => existsSync(path)),
]

/** Whether an engine accepts each of the modules. */
export function validate(engine: string, modules: readonly Uint8Array[]): boolean[] {
  return evaluate(engine, VALIDATE, modules)
}

/**
 * Instantiates each module in an engine, with fuel where it asks for it, and calls its export `run` with 0 to 9.
 * Answers with what each call returned or threw, as text; `null` for a module that the engine does not accept.
 */
export function results(engine: string, modules: readonly Uint8Array[]): (string[] | null)[] {
  return evaluate(engine, RUN, modules)
}

const READ = `
  const modules = JSON.parse(require('node:fs').readFileSync(0, 'utf8')).map((text) => Buffer.from(text, 'base64'))`

const VALIDATE = `${READ}
  console.log(JSON.stringify(modules.map((bytes) => WebAssembly.validate(bytes))))`

const RUN = `${READ}
  const attempt = (action) => {
    try { return String(action()) } catch (error) { return error.constructor.name + ': ' + error.message }
  }
  console.log(JSON.stringify(modules.map((bytes) => {
    if (!WebAssembly.validate(bytes)) return null
    const fuel = new WebAssembly.Global({ value: 'i64', mutable: true }, 0n)
    const imports = { 'wasm-plugin': { fuel }, host: { f: (x) => x + 1 } }
    const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports
    return Array.from({ length: 10 }, (_, i) => attempt(() => { fuel.value = 1n << 40n; return run(i) }))
  })))`

function evaluate<T>(engine: string, script: string, modules: readonly Uint8Array[]): T[] {
  const input = JSON.stringify(modules.map((bytes) => Buffer.from(bytes).toString('base64')))
  return JSON.parse(execFileSync(engine, ['--eval', script], { input, encoding: 'utf8', maxBuffer: 1 << 28 }))
}
