/**
 * Runs the programs of WebAssembly/wasi-testsuite (branch prod/testsuite-base, wasm32-wasip1) through the preview 1
 * adapter on the built host, and reports passes. Not part of `npm test`: the programs are not in this repository.
 *
 *   node packages/host/test/suites/wasi-testsuite.mjs <checkout> <adapter.command.wasm> [read | read-write]
 *
 * Of 72 programs 66 pass. Three want times set to the nanosecond, where Node sets them to the microsecond; in three in
 * AssemblyScript the program and the adapter disagree about who owns the end of the memory, or the program expects an
 * exit that it does not make: they end the same way in wasmtime with that adapter.
 *
 * With `read` every directory is granted for reading: programs fail then, and what counts is that no file changes.
 */
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { componentNew } from '@bytecodealliance/jco-transpile/wasm-tools'
import { createHost } from '@wasm-plugin/host'

const [checkout, adapterFile, access = 'read-write'] = process.argv.slice(2)
const adapter = readFileSync(adapterFile)
const host = await createHost()
const lines = []
host.on('log', (line) => lines.push(line))
const counts = { passed: 0, failed: 0, escaped: 0 }

for (const language of ['rust', 'c', 'assemblyscript']) {
  const folder = path.join(checkout, 'tests', language, 'testsuite/wasm32-wasip1')
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.wasm'))) {
    const problem = await run(folder, file)
    counts[problem === undefined ? 'passed' : 'failed']++
    if (problem !== undefined) console.error(`${language}/${file}: ${problem}`)
  }
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.escaped} changed files outside`)
process.exitCode = counts.escaped > 0 ? 1 : 0
await host.close()

/** What is wrong, or `undefined`. */
async function run(folder, file) {
  const specFile = path.join(folder, file.replace('.wasm', '.json'))
  const spec = existsSync(specFile) ? JSON.parse(readFileSync(specFile, 'utf8')) : {}
  const scratch = mkdtempSync(path.join(tmpdir(), 'wasi-testsuite-'))
  try {
    const granted = path.join(scratch, 'granted')
    const fs = []
    if (spec.root !== undefined) {
      cpSync(path.join(folder, spec.root), granted, { recursive: true })
      fs.push({ path: granted, at: '/', access })
    }
    const before = [treeHash(folder), treeHash(granted)]
    const status = await statusOf(folder, file, {
      fs,
      args: [file, ...(spec.args ?? [])],
      env: spec.env ?? {},
    })
    const after = [treeHash(folder), treeHash(granted)]
    if (before[0] !== after[0] || (access === 'read' && before[1] !== after[1])) counts.escaped++
    const out = lines.filter(({ stream }) => stream === 'stdout').map(({ message }) => message)
    if (status !== (spec.exit_code ?? 0) && !(spec.exit_code > 0 && status === 1)) return `status ${status}`
    if (spec.stdout !== undefined && out.join('\n') !== spec.stdout.trimEnd())
      return `printed ${out.join('\n')}`
    return undefined
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function statusOf(folder, file, grants) {
  lines.length = 0
  const component = await componentNew(readFileSync(path.join(folder, file)), [
    ['wasi_snapshot_preview1', adapter],
  ])
  const plugin = await host.load(component, { name: file, grants, limits: { timeoutMs: 20_000 } })
  try {
    const run = Object.keys(plugin.exports).find((name) => name.startsWith('wasi:cli/run'))
    await plugin.exports[run].run()
    return 0
  } catch (error) {
    if (error.code === 'PLUGIN_EXITED') return error.data.status
    return error.name === 'ComponentError' ? 1 : error.code
  } finally {
    await plugin.close()
  }
}

/** Names, types, contents and times of a whole tree. */
function treeHash(root) {
  const hash = createHash('sha256')
  const visit = (file) => {
    const stat = lstatSync(file, { throwIfNoEntry: false })
    if (stat === undefined) return
    hash.update(`${path.relative(root, file)} ${stat.mode} ${stat.size} ${stat.mtimeMs}\n`)
    if (stat.isDirectory()) for (const name of readdirSync(file).sort()) visit(path.join(file, name))
    else hash.update(stat.isSymbolicLink() ? readlinkSync(file) : readFileSync(file))
  }
  visit(root)
  return hash.digest('hex')
}
