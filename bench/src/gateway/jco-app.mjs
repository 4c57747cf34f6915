// Serves a component as `jco serve` does, by the same parts: `node jco-app.mjs FILE PORT`.
import { readFile } from 'node:fs/promises'
import { HTTPServer } from '@bytecodealliance/preview2-shim/http'
import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation'
import { transpile } from '../engines/jco.mjs'

const [file, port] = process.argv.slice(2)
const { instantiate, module } = await transpile(await readFile(file))
const { incomingHandler } = instantiate(module, new WASIShim().getImportObject())
new HTTPServer(incomingHandler).listen(Number(port), '127.0.0.1')
