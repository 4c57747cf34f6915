import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createHost, type Isolation } from '@wasm-plugin/host'
import { Component } from '@wasm-plugin/runtime'
import { beforeAll, expect, it } from 'vitest'
import { describeEachLanguage } from './src/each-language.js'
import { emptyWasi } from './src/empty-wasi.js'
import { buildGuest, type Guest } from './src/guests.js'
import { temporaryFolder } from './src/temporary-folder.js'
import { runWithWasi } from './src/wasmtime.js'

const ARGS = ['plugin', 'one', 'zwei ß']
const ENV = { GREETING: 'hello 😀' }
const REPORT = `args: plugin one zwei ß
GREETING: hello 😀
HOME: none
read: a file
missing: refused
outside: refused
list: hello.txt more.txt
write: ok
write where it may read: refused
read back: written by a plugin
remove: ok
`

describeEachLanguage((language) => {
  let guest: Guest
  beforeAll(async () => {
    guest = await buildGuest(language, 'wasi')
  })

  it('sees and does in wasmtime what it is granted', async () => {
    await using place = await makeFolders()
    const stdout = path.join(place.path, 'stdout.txt')
    await runWithWasi(guest.path, { call: 'report', args: ARGS, env: ENV, dirs: place.dirs, stdout })
    expect(await readFile(stdout, 'utf8')).toBe(REPORT)
    expect(await place.left()).toEqual([])
  })

  it.each<Isolation>(['worker', 'inline'])('sees and does the same in the host (%s)', async (isolation) => {
    await using place = await makeFolders()
    await using host = await createHost({ limits: { timeoutMs: 60_000, startMs: 60_000 } })
    const lines = { stdout: [] as string[], stderr: [] as string[], log: [] as string[] }
    host.on('log', ({ stream, message }) => lines[stream].push(message))
    const grants = { fs: [...place.dirs], env: ENV, args: ARGS }
    const plugin = await host.load(guest.bytes, { name: 'wasi', grants, isolation })
    await plugin.exports.report()
    await plugin.close()
    expect(`${lines.stdout.join('\n')}\n`).toBe(REPORT)
    expect(lines.stderr).toEqual(['done'])
    expect(await place.left()).toEqual([])
  })

  it('starts and finds nothing in the runtime by itself', async () => {
    const component = await Component.compile(guest.bytes)
    const lines: string[] = []
    const wasi = emptyWasi(component.imports, ({ message }) => lines.push(message.trimEnd()))
    const { report } = component.instantiate(wasi).exports as { report(): void }
    report()
    expect(lines.join('\n')).toBe(`${NOTHING}\ndone`)
  })
})

const NOTHING = `args:
GREETING: none
HOME: none
read: refused
missing: refused
outside: refused
list:
write: refused
write where it may read: refused
read back: refused
remove: refused`

/** A folder to read, one to write, and a file beside them that is nobody's. */
async function makeFolders() {
  const folder = await temporaryFolder()
  const [data, out] = [path.join(folder.path, 'data'), path.join(folder.path, 'out')]
  await Promise.all([mkdir(data), mkdir(out)])
  await writeFile(path.join(data, 'hello.txt'), 'a file')
  await writeFile(path.join(data, 'more.txt'), '')
  await writeFile(path.join(folder.path, 'secret.txt'), 'a secret')
  return {
    ...folder,
    dirs: [
      { path: data, at: '/data', access: 'read' },
      { path: out, at: '/out', access: 'read-write' },
    ] as const,
    left: () => readdir(out),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}
