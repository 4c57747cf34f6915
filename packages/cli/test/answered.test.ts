import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createHost, PluginError } from '@wasm-plugin/host'
import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { compareWithWorld } from '@wasm-plugin/sdk'
import { expect, it } from 'vitest'

const DEPS = fileURLToPath(new URL('../../../wit/deps/', import.meta.url))

/** Every interface of the packages that the SDK brings, with versions that there are and some that there are not. */
const names = readdirSync(DEPS)
  .filter((folder) => folder.includes('@'))
  .flatMap((folder) => {
    const [pkg = '', version = ''] = folder.replace('-', ':').split('@')
    const text = readFileSync(`${DEPS}${folder}/package.wit`, 'utf8')
    const versions = [`@${version}`, '@0.2.0', '@0.2.3', '@0.2.0-rc-2023-11-10', '@0.3.0', '']
    return [...text.matchAll(/^interface ([a-z-]+)/gm)].flatMap(([, name]) =>
      versions.map((each) => `${pkg}/${name}${each}`),
    )
  })

it('the SDK knows which interfaces of WASI the host answers', async () => {
  await using host = await createHost()
  for (const name of new Set([...names, 'wasi:blobstore/blobstore@0.2.0', 'wasi:cli/nothing@0.2.12'])) {
    const bytes = importing(name)
    const [difference] = compareWithWorld(decodeComponent(bytes).root.type, {
      imports: new Map(),
      exports: new Map(),
    })
    // What is answered is found to be without this function, now or when it is linked.
    const code = await host.load(bytes).catch((error: unknown) => PluginError.is(error) && error.code)
    const answered = code === 'IMPORT_MISMATCH' || code === 'MISSING_IMPORT'
    if (!answered) expect(code).toBe('IMPORT_NOT_GRANTED')
    expect({ name, answered: difference?.fatal === false }).toEqual({ name, answered })
  }
})

/** A component that imports `x: func()` of an interface. */
function importing(name: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(name)
  const imported = [1, 0, text.length, ...text, 5, 0]
  const header = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]
  const type = [1, 0x42, 2, 1, 0x40, 0, 1, 0, 4, 0, 1, 0x78, 1, 0]
  return Uint8Array.from([...header, 7, type.length, ...type, 10, imported.length, ...imported])
}
