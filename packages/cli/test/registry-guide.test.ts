import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createHost } from '@wasm-plugin/host'
import { createRegistry } from '@wasm-plugin/registry'
import { expect, it } from 'vitest'
import { isWhole } from '../../../test/seed.js'
import { hasDockerRegistry, startDockerRegistry } from '../../registry/test/helpers/docker-registry.js'
import { linkModules } from './helpers/project.js'
import { tempDir } from './helpers/temp-dir.js'

const PAGE = fileURLToPath(new URL('../../../docs/registry.md', import.meta.url))
const BIN = fileURLToPath(new URL('../bin/wasm-plugin.js', import.meta.url))
const SKIPPED = hasDockerRegistry ? '' : ' (without a server: docker-registry is not installed)'

interface Block {
  readonly kind: string
  readonly text: string
}

async function blocks(): Promise<Block[]> {
  const text = await readFile(PAGE, 'utf8')
  return [...text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(([, kind = '', body = '']) => ({
    kind,
    text: body,
  }))
}

/** Who follows the guide: a shell with a folder, a home, and what `npm install` brings. */
class Reader {
  readonly said: string[] = []
  cwd: string

  constructor(readonly home: string) {
    this.cwd = home
  }

  async type(text: string): Promise<void> {
    for (const line of text.split('\n')) await this.#run(line.replace(/\s+#.*$/, '').trim())
  }

  async #run(line: string): Promise<void> {
    if (line === '') return
    const [program = '', first = '', second = '', third = ''] = line.split(' ')
    const at = (file: string) => path.resolve(this.cwd, file)
    if (program === 'cd') this.cwd = at(first)
    else if (program === 'mkdir') await mkdir(at(first))
    else if (program === 'cp' && first === '-r') await cp(at(second), at(third), { recursive: true })
    else if (program === 'cp') await cp(at(first), at(second))
    else if (line.startsWith('npm install')) linkModules(this.cwd)
    else if (line === 'npm run build') await this.#wasmPlugin('build')
    else if (line.startsWith('npx @wasm-plugin/cli '))
      await this.#wasmPlugin(line.slice('npx @wasm-plugin/cli '.length))
    else if (line.startsWith('npx wasm-plugin ')) {
      // Where no project has it, npm would fetch a package of this name, which is somebody else's.
      expect(existsSync(at('node_modules/@wasm-plugin/cli')), line).toBe(true)
      await this.#wasmPlugin(line.slice('npx wasm-plugin '.length))
    } else throw new Error(`nobody types "${line}" here`)
  }

  async #wasmPlugin(line: string): Promise<void> {
    const [command = '', file] = line.replace(/ \|\| true$/, '').split(' < ')
    const argv = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '')
    const env = {
      PATH: process.env.PATH,
      HOME: this.home,
      XDG_CACHE_HOME: path.join(this.home, 'cache'),
      DOCKER_CONFIG: path.join(this.home, 'docker'),
    }
    const running = promisify(execFile)(process.execPath, [BIN, ...argv], { cwd: this.cwd, env })
    running.child.stdin?.end(file === undefined ? '' : await readFile(path.resolve(this.cwd, file)))
    const { stdout, stderr } = await running.catch((error) => {
      if (line.endsWith('|| true') && error.code === 1) return error
      throw new Error(`wasm-plugin ${line}\n${error.stderr}${error.stdout}`)
    })
    this.said.push(`${stdout}${stderr}`)
  }
}

it.skipIf(!isWhole)(
  `is followed to the letter, as docs/registry.md has it${SKIPPED}`,
  { timeout: 300_000 },
  async () => {
    await using server = hasDockerRegistry ? await startDockerRegistry() : undefined
    const reader = new Reader(tempDir())
    const app = path.join(reader.home, 'app')
    let loaded = false
    for (const { kind, text } of await blocks()) {
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
