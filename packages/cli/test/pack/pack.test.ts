import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkRust, engines, languages } from '#internal'
import { isWhole } from '../../../../test/seed.js'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
/** Every one of them is published: what npm gets is what is packed here. */
const PACKAGES = readdirSync(path.join(ROOT, 'packages'))
const exec = promisify(execFile)

const rust = await checkRust({ cwd: ROOT, env: process.env })
const lacks = rust.checks.filter((check) => !check.ok).map((check) => `${check.name}: ${check.found}`)
// In CI a missing toolchain is a failure: the test then runs, and fails with what is missing.
const withoutRust = !rust.ready && process.env.CI !== 'true'

/** What npm has for the languages of plugins, as new projects ask for it. */
const compilers = Object.assign(
  {},
  ...Object.values(languages).map(({ devDependencies }) => devDependencies),
  ...Object.values(engines),
)

/** A project of somebody who has the packages from the registry, and nothing of this repository. */
let shop: string
let versions: Map<string, string>

beforeAll(async () => {
  shop = mkdtempSync(path.join(tmpdir(), 'wasm-plugin-packed-'))
  const tarballs = await packAll(path.join(shop, 'tarballs'))
  versions = new Map(tarballs.map(({ name, version }) => [name, version]))
  const dependencies = Object.fromEntries(tarballs.map(({ name, file }) => [name, `file:${file}`]))
  // The packages ask for each other by version, which no registry has: all of them are these files.
  const manifest = {
    private: true,
    dependencies: { ...compilers, ...dependencies },
    overrides: dependencies,
  }
  writeFileSync(path.join(shop, 'package.json'), JSON.stringify(manifest))
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'], shop)
})

afterAll(() => rmSync(shop, { recursive: true, force: true }))

describe('the packed packages', () => {
  it('bring the command and its templates, and no workspace', () => {
    const installed = path.join(shop, 'node_modules/@wasm-plugin')
    expect(readdirSync(installed).sort()).toEqual([
      'cli',
      'embed',
      'gateway',
      'host',
      'inspector',
      'manifest',
      'registry',
      'runtime',
      'sdk',
      'starling',
      'wasi',
      'web',
    ])
    const cli = path.join(installed, 'cli')
    expect(existsSync(path.join(cli, 'templates/common/_gitignore'))).toBe(true)
    expect(existsSync(path.join(cli, 'src'))).toBe(false)
    expect(readFileSync(path.join(cli, 'package.json'), 'utf8')).not.toContain('workspace:')
  })

  it('bring the licence of the parser that is part of the command, and not the parser again', () => {
    const licence = path.join(shop, 'node_modules/@wasm-plugin/cli/dist/commander.LICENSE')
    expect(readFileSync(licence, 'utf8')).toContain('TJ Holowaychuk')
    expect(existsSync(path.join(shop, 'node_modules/@wasm-plugin/cli/node_modules'))).toBe(false)
    const { dependencies } = JSON.parse(
      readFileSync(path.join(shop, 'node_modules/@wasm-plugin/cli/package.json'), 'utf8'),
    )
    expect(Object.keys(dependencies)).not.toContain('commander')
  })

  it('start in a folder of their own', async () => {
    const { stdout } = await run('npx', ['wasm-plugin', '--version'], shop)
    expect(stdout.trim()).toBe(versions.get('@wasm-plugin/cli'))
    const usage = await run('npx', ['wasm-plugin', 'biuld'], shop).catch((error) => error)
    expect(usage.code).toBe(2)
    expect(usage.stderr).toContain('error[UNKNOWN_COMMAND]')
  })

  it('load no command for the help of all of them', async () => {
    const bin = path.join(shop, 'node_modules/@wasm-plugin/cli/dist/bin.js')
    const list = `process.on('exit', () => console.error(process.moduleLoadList.filter((n) => n === 'NativeModule worker_threads').length))`
    const { stdout, stderr } = await run(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(list)}`, bin, '--help'],
      shop,
    )
    expect(stdout).toContain('Usage:')
    expect(stderr.trim()).toBe('0')
  })

  it('make, build, test and run an AssemblyScript plugin', async () => {
    await makeBuildTest('as-plugin', 'assemblyscript')
  })

  it('publish a plugin that is signed, install it and load it by its name', async () => {
    await run('npx', ['wasm-plugin', 'keygen', 'acme'], shop)
    await run('npx', ['wasm-plugin', 'new', 'by-name', '--lang', 'assemblyscript'], shop)
    const dir = path.join(shop, 'by-name')
    await run('npm', ['run', 'build'], dir)
    await run('npx', ['wasm-plugin', 'publish', '--registry', '../plugins', '--key', '../acme.key'], dir)
    const rules = [{ packages: 'example:*', signers: [{ key: 'acme.pub' }] }]
    writeFileSync(path.join(shop, 'wasm-plugin.trust.json'), JSON.stringify({ version: 1, rules }))
    await run('npx', ['wasm-plugin', 'registry', 'add', 'example', './plugins'], shop)
    await run('npx', ['wasm-plugin', 'install', 'example:by-name@^0.1'], shop)
    writeFileSync(path.join(shop, 'load.mjs'), LOAD)
    const { stdout } = await run(process.execPath, ['load.mjs'], shop)
    expect(stdout).toBe('Hello, Ada!\n')
  })

  // Of each language there is a test of what the packages have here, which differs from these in where they lie.
  describe.runIf(isWhole)('as they are installed', { timeout: 600_000 }, () => {
    it('make, build, test and run a plugin in TypeScript, on the small engine', async () => {
      await makeBuildTest('ts-plugin', 'ts', '--engine', 'qjs')
    })

    it('make, build, test and run a plugin in JavaScript', async () => {
      await makeBuildTest('js-plugin', 'js')
    })

    it.each(['c', 'cpp'])('make, build, test and run a plugin in %s', async (language) => {
      await makeBuildTest(`${language}-plugin`, language)
    })

    it.skipIf(withoutRust)(
      `make, build, test and run a Rust plugin${withoutRust ? ` (no Rust: ${lacks.join(', ')})` : ''}`,
      async () => {
        expect(lacks).toEqual([])
        await makeBuildTest('rust-plugin', 'rust')
      },
    )
  })
})

/** What an application has to say. */
const LOAD = `
import { createHost } from '@wasm-plugin/host'
import { createRegistry } from '@wasm-plugin/registry'

const host = await createHost({ registry: await createRegistry({ frozen: true }) })
const plugin = await host.load('example:by-name@^0.1')
console.log(await plugin.call('example:greeter/greetings#greet', ['Ada']))
await host.close()
`

/** What a newcomer types. */
async function makeBuildTest(name: string, language: string, ...options: string[]): Promise<void> {
  await run('npx', ['wasm-plugin', 'new', name, '--lang', language, ...options], shop)
  const dir = path.join(shop, name)
  // Not of `mkdtemp`'s 0700: others of the machine may read a project as they may any other folder.
  if (process.platform !== 'win32') expect(statSync(dir).mode & 0o777).toBe(0o777 & ~process.umask())
  await run('npm', ['run', 'build'], dir)
  const tested = await run('npm', ['test'], dir)
  expect(tested.stdout).toMatch(/pass 2\b/)
  const plugin = path.join('dist', `${name}.wasm`)
  const greeted = await run('npx', ['wasm-plugin', 'run', plugin, 'greet', 'Ada'], dir)
  expect(greeted.stdout).toBe('"Hello, Ada!"\n')
  const validated = await run('npx', ['wasm-plugin', 'validate', plugin, '--wit', 'wit', '--json'], dir)
  expect(JSON.parse(validated.stdout)).toMatchObject({ ok: true, result: { fits: true } })
}

interface Tarball {
  readonly name: string
  readonly version: string
  readonly file: string
}

/** Packs as a release does: pnpm puts versions in the place of `workspace:*`. */
async function packAll(destination: string): Promise<Tarball[]> {
  mkdirSync(destination)
  const pnpm = path.join(ROOT, '.tools/node_modules/pnpm/bin/pnpm.cjs')
  const tarballs: Tarball[] = []
  for (const folder of PACKAGES) {
    const cwd = path.join(ROOT, 'packages', folder)
    const { stdout } = await run(
      process.execPath,
      [pnpm, 'pack', '--json', '--pack-destination', destination],
      cwd,
    )
    const { name, version, filename } = JSON.parse(stdout)
    tarballs.push({ name, version, file: path.resolve(destination, filename) })
  }
  return tarballs
}

/** Runs a command as a person would who knows nothing of this process: no NODE_PATH, one shared cargo cache. */
function run(command: string, args: readonly string[], cwd: string) {
  const env = {
    ...process.env,
    NODE_PATH: '',
    npm_config_update_notifier: 'false',
    CARGO_TARGET_DIR: path.join(ROOT, '.cache/pack-test-target'),
  }
  return exec(command, [...args], { cwd, env, maxBuffer: 64 << 20 })
}
