import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createHost } from '@wasm-plugin/host'
import { createRegistry } from '@wasm-plugin/registry'
import { expect, it } from 'vitest'
import { isWhole } from '../../../test/seed.js'
import { hasDockerRegistry, startDockerRegistry } from '../../registry/test/helpers/docker-registry.js'
import { blocksOf, Reader } from './helpers/reader.js'
import { tempDir } from './helpers/temp-dir.js'

const SKIPPED = hasDockerRegistry ? '' : ' (without a server: docker-registry is not installed)'

it.skipIf(!isWhole)(
  `is followed to the letter, as docs/registry.md has it${SKIPPED}`,
  { timeout: 300_000 },
  async () => {
    await using server = hasDockerRegistry ? await startDockerRegistry() : undefined
    const reader = new Reader(tempDir())
    const app = path.join(reader.home, 'app')
    let loaded = false
    for (const { kind, text } of await blocksOf('registry.md')) {
      if (kind === 'sh') await reader.type(text)
      if (kind === 'json trust') await writeFile(path.join(app, 'wasm-plugin.trust.json'), text)
      if (kind === 'wit') {
        await mkdir(path.join(app, 'contract'))
        await writeFile(path.join(app, 'contract/words.wit'), text)
      }
      if (kind === 'sh server' && server !== undefined) {
        await writeFile(path.join(app, 'token'), 'secret')
        await reader.type(text.replaceAll('registry.example', server.registry))
      }
      if (kind === 'toml') await checkMappings(text)
      if (kind === 'ts') {
        expect(text).toContain("host.load('example:hello@^0.1')")
        await using host = await createHost({ registry: await createRegistry({ folder: app, frozen: true }) })
        const plugin = await host.load('example:hello@^0.1')
        expect(await plugin.call('example:greeter/greetings#greet', ['Ada'])).toBe('Hello, Ada!')
        loaded = true
      }
    }
    expect(loaded).toBe(true)
    const said = reader.said.join('\n')
    expect(said).toContain('Published example:hello@0.1.0')
    expect(said).toContain('Installed example:hello 0.1.0, signed by the key sha256:')
    expect(said).toContain('Yanked example:hello@0.1.0: It greets the wrong people.')
    expect(said).toMatch(/Verified dist\/hello\.wasm is example:hello@0\.1\.0, signed by the key sha256:/)
    expect(said).toContain('Published example:words@0.1.0')
    expect(said).toMatch(/Fetched example:words@0\.1\.0, signed by the key sha256:/)
    expect(await readFile(path.join(app, 'words.ts'), 'utf8')).toContain('example:words/shout@0.1.0')
    expect(await readFile(path.join(app, 'wit/deps/example-words@0.1.0/package.wit'), 'utf8')).toContain(
      '/// Louder.',
    )
    if (server !== undefined) expect(said).toContain(`Copied example:hello@0.1.0 to ${server.registry}`)
  },
)

async function checkMappings(text: string): Promise<void> {
  const cwd = tempDir()
  await writeFile(path.join(cwd, 'wasm-plugin.registries.toml'), text)
  const { loadConfig } = await import('@wasm-plugin/registry')
  const { packages, namespaces, fallback } = await loadConfig({ cwd, env: {}, home: cwd })
  expect([...packages.keys(), ...namespaces.keys(), fallback]).toMatchObject([
    ...['acme:render', 'example', 'acme'],
    { registry: 'registry.example' },
  ])
}
