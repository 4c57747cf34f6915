import { rename, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import {
  createHost,
  type Host,
  type InlinePlugin,
  type Isolation,
  type LoadOptions,
  type Plugin,
  PluginError,
} from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { attack } from './helpers/attack.js'
import { assemble } from './helpers/guests.js'
import { tempDir } from './helpers/wasi.js'

let host: Host
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

/** One that fails, or never ends. */
const build = (version: number) =>
  assemble(`(component
    (core module $m
      (global i32 (i32.const ${version}))
      (func (export "fail") (unreachable))
      (func (export "spin") (loop (br 0))))
    (core instance $i (instantiate $m))
    (func (export "fail") (canon lift (core func $i "fail")))
    (func (export "spin") (canon lift (core func $i "spin"))))`)

/** A map of all its code to one line. */
const map = (file: string) => JSON.stringify({ version: 3, sources: [file], mappings: 'AAAA' })
const bytesOf = (text: string) => new TextEncoder().encode(text)

async function failure(plugin: Plugin | InlinePlugin, timeoutMs = 30_000) {
  const error = await (async () => plugin.call('fail', [], { timeoutMs } as object))().catch(
    (thrown: unknown) => thrown,
  )
  if (!PluginError.is(error)) throw error
  return { code: error.code, file: error.frames?.[0]?.file ?? null }
}

const found = (file: string | null) => ({ code: 'GUEST_TRAP', file })

describe.each<Isolation>(['worker', 'inline'])(
  'frames of a build that took the place of another (%s)',
  (isolation) => {
    it('are found by what lies beside the file that is watched', async () => {
      const file = join(tempDir(), 'shop.wasm')
      const write = async (version: number) => {
        await writeFile(`${file}.map`, map(`v${version}.ts`))
        await writeFile(`${file}.new`, await build(version))
        await rename(`${file}.new`, file)
      }
      await write(1)
      let updated = 0
      host.on('updated', () => updated++)
      const plugin = await host.load(file, { isolation } as LoadOptions)
      await host.watch(plugin, file)
      expect(await failure(plugin)).toEqual(found('v1.ts'))
      await write(2)
      await expect.poll(() => updated, { timeout: 20_000 }).toBe(1)
      expect(await failure(plugin)).toEqual(found('v2.ts'))
    })

    it('are found by what is given with the update, and never by what was given for the build before', async () => {
      const debug = bytesOf(map('v1.ts'))
      const plugin = await host.load(await build(1), { name: 'shop', isolation, debug } as LoadOptions)
      expect(await failure(plugin)).toEqual(found('v1.ts'))
      await plugin.update(await build(2))
      expect(await failure(plugin)).toEqual(found(null))
      await plugin.update(await build(3), { debug: bytesOf(map('v3.ts')) })
      expect(await failure(plugin)).toEqual(found('v3.ts'))
      await expect(plugin.update(await build(4), { debug: 5 } as never)).rejects.toMatchObject({
        code: 'OPTIONS_INVALID',
        message: 'invalid option update.debug: expected a path, a URL or bytes',
      })
    })
  },
)

attack(
  'I22',
  'Has debug information that takes longer to read than its call may take',
  'the fault stays what it is, and says where',
  async () => {
    const timeoutMs = 500
    const spinning = await host.load(await build(1), { name: 'spinning' })
    const server = createServer(async (_, response) => {
      // With the same deadline, and begun after it.
      const late = await spinning.call('spin', [], { timeoutMs }).catch((error: unknown) => error)
      response.end(PluginError.is(late, 'DEADLINE_EXCEEDED') ? map('slow.ts') : '')
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const debug = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slow.map`)
    const plugin = await host.load(await build(2), { name: 'slow', debug })
    expect(await failure(plugin, timeoutMs)).toEqual(found('slow.ts'))
    expect(await failure(plugin, timeoutMs)).toEqual(found('slow.ts'))
    expect(plugin.stats.starts).toBe(1)
  },
)
