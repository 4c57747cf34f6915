// Runs a module of preview 1 by Node's own WASI: `node node-wasi.mjs <module> <JSON of args, env and preopens>`.
import { readFile } from 'node:fs/promises'
import { WASI } from 'node:wasi'

const [, , file, options] = process.argv
const wasi = new WASI({ version: 'preview1', ...JSON.parse(options) })
const module = await WebAssembly.compile(await readFile(file))
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()))
