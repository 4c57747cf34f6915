import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { mediaTypes } from '@wasm-plugin/registry'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunningRegistry } from '../helpers/docker-registry.js'
import { testFolder } from '../helpers/folders.js'
import { failureOf } from '../helpers/registries.js'
import {
  applicationOf,
  expectFile,
  expectInstalled,
  publishOurs,
  WASM,
  WASM_CONFIG,
  writeFiles,
} from './published.js'
import { serverKinds } from './servers.js'
import { describeWith } from './tools.js'

const TYPES = 'package acme:types@1.0.0;\n\ninterface words {\n  /// One.\n  type word = string;\n}\n'
const SITE = `package acme:site@0.2.0;

interface log {
  use acme:types/words@1.0.0.{word};
  log: func(message: word);
}

world site {
  export log;
}
`
const COMMAND = fileURLToPath(new URL('../../../cli/bin/wasm-plugin.js', import.meta.url))

for (const { name, saysWhere, reason, start } of serverKinds)
  describe.skipIf(reason !== undefined)(reason === undefined ? name : `${name} (${reason})`, () => {
    let server: RunningRegistry
    beforeAll(async () => {
      server = await start()
    })
    afterAll(() => server[Symbol.asyncDispose]())

    const pushes = (what: string, run: () => Promise<void>) =>
      saysWhere ? test(what, run) : test.skip(`${what} (the server does not say where a blob is)`, run)

    describeWith('oras', (oras) => {
      test('pulls what we publish, and lists its signatures', async () => {
        const ours = await publishOurs(server.registry)
        const out = testFolder()
        await oras(['pull', '--plain-http', '--output', out, ours.tagged])
        await expectFile(path.join(out, 'insights.wasm'), ours.bytes)
        const listed = await oras(['discover', '--plain-http', '--format', 'json', ours.pinned])
        const { referrers } = JSON.parse(listed.toString()) as { referrers: { digest: string }[] }
        expect(referrers).toHaveLength(2)
        for (const { digest } of referrers) {
          const there = `${server.registry}/${ours.repository}@${digest}`
          const { artifactType } = JSON.parse(
            (await oras(['manifest', 'fetch', '--plain-http', there])).toString(),
          )
          expect(artifactType).toBe(mediaTypes.bundle)
        }
      })

      test('copies a version with its signatures to where we install it, and from our folders to a registry', async () => {
        const ours = await publishOurs(server.registry)
        const to = `${server.registry}/copied/acme/insights:${ours.version}`
        await oras(['cp', '--recursive', '--from-plain-http', '--to-plain-http', ours.tagged, to])
        await expectInstalled(`${server.registry}/copied`, ours)
        const folder = testFolder()
        const local = await publishOurs(`dir:${folder}`)
        const from = `${path.join(folder, 'acme/insights')}:${local.version}`
        const there = `${server.registry}/pushed/acme/insights:${local.version}`
        await oras(['cp', '--recursive', '--from-oci-layout', '--to-plain-http', from, there])
        await expectInstalled(`${server.registry}/pushed`, local)
        const back = `${path.join(testFolder(), 'acme/insights')}:${ours.version}`
        await oras(['cp', '--recursive', '--to-oci-layout', '--from-plain-http', ours.tagged, back])
        await expectInstalled(`dir:${path.resolve(back, '../..')}`, ours)
      })

      test('publishes what we install', async () => {
        const { folder, version, bytes } = await writeFiles()
        const to = `${server.registry}/acme/insights:${version}`
        const config = `config.json:${WASM_CONFIG}`
        await oras(['push', '--plain-http', '--config', config, to, `plugin.wasm:${WASM}`], { cwd: folder })
        await expectInstalled(server.registry, { version, bytes })
      })
    })

    describeWith('crane', (crane) => {
      test('reads what we publish', async () => {
        const ours = await publishOurs(server.registry)
        expect((await crane(['digest', ours.tagged])).toString().trim()).toBe(ours.manifest)
        const blob = await crane(['blob', `${server.registry}/${ours.repository}@${ours.content}`])
        expect(Buffer.compare(blob, ours.bytes)).toBe(0)
        const { component } = JSON.parse((await crane(['config', ours.tagged])).toString())
        expect(component.exports).toEqual(['acme:site/analyze@0.1.0'])
        expect((await crane(['ls', `${server.registry}/${ours.repository}`])).toString()).toContain(
          ours.version,
        )
      })

      test('copies a version to where we install it', async () => {
        const ours = await publishOurs(server.registry)
        await crane(['copy', ours.tagged, `${server.registry}/cranes/acme/insights:${ours.version}`])
        await expectInstalled(`${server.registry}/cranes`, { version: ours.version, bytes: ours.bytes })
      })
    })

    describeWith('regctl', (tool) => {
      const regctl = (...args: string[]) => tool(['--host', `reg=${server.registry},tls=disabled`, ...args])

      test('gets what we publish, and lists its signatures', async () => {
        const ours = await publishOurs(server.registry)
        expect(Buffer.compare(await regctl('artifact', 'get', ours.tagged), ours.bytes)).toBe(0)
        const listed = await regctl('artifact', 'list', '--format', '{{json .}}', ours.tagged)
        const { descriptors } = JSON.parse(listed.toString()) as { descriptors: { digest: string }[] }
        expect(descriptors).toHaveLength(2)
      })

      test('copies a version with its signatures to where we install it, and to a folder', async () => {
        const ours = await publishOurs(server.registry)
        const to = `${server.registry}/regs/acme/insights:${ours.version}`
        await regctl('image', 'copy', '--referrers', ours.tagged, to)
        await expectInstalled(`${server.registry}/regs`, ours)
        const folder = testFolder()
        const layout = `ocidir://${path.join(folder, 'acme/insights')}:${ours.version}`
        await regctl('image', 'copy', '--referrers', ours.tagged, layout)
        await expectInstalled(`dir:${folder}`, ours)
      })

      test('publishes what we install', async () => {
        const { folder, version, bytes } = await writeFiles()
        const [file, config] = ['plugin.wasm', 'config.json'].map((one) => path.join(folder, one))
        const types = ['--config-type', WASM_CONFIG, '--file-media-type', WASM]
        const to = `${server.registry}/acme/insights:${version}`
        await regctl('artifact', 'put', ...types, '--config-file', config!, '--file', file!, to)
        await expectInstalled(server.registry, { version, bytes })
      })
    })

    describeWith('wash', (wash) => {
      test('pulls what we publish', async () => {
        const ours = await publishOurs(server.registry)
        const out = path.join(testFolder(), 'plugin.wasm')
        await wash(['oci', 'pull', '--insecure', ours.tagged, out])
        await expectFile(out, ours.bytes)
      })

      pushes('publishes what we install', async () => {
        const { folder, version, bytes } = await writeFiles()
        const to = `${server.registry}/acme/insights:${version}`
        await wash(['oci', 'push', '--insecure', to, path.join(folder, 'plugin.wasm')])
        await expectInstalled(server.registry, { version, bytes })
      })
    })

    describeWith('wkg', (wkg) => {
      /** Where wkg finds the packages of `acme`: the file that we read too. */
      async function configured(): Promise<string> {
        const file = path.join(testFolder(), 'config.toml')
        await writeFile(
          file,
          `[namespace_registries]
acme = { registry = "${server.registry}", metadata = { preferredProtocol = "oci", oci = { registry = "${server.registry}", namespacePrefix = "wkg/" } } }

[registry."${server.registry}".oci]
protocol = "http"
`,
        )
        return file
      }

      test('gets what we publish, by name and newest version, by one configuration for both', async () => {
        const config = await configured()
        const ours = await publishOurs(`${server.registry}/wkg`, 'acme:insights')
        const out = testFolder()
        await wkg(['get', '--config', config, 'acme:insights', '--output', './got.wasm'], { cwd: out })
        await expectFile(path.join(out, 'got.wasm'), ours.bytes)
        await wkg(['oci', 'pull', '--insecure', server.registry, ours.tagged, '--output', './pulled.wasm'], {
          cwd: out,
        })
        await expectFile(path.join(out, 'pulled.wasm'), ours.bytes)
      })

      /** A project with a WIT package, in which others may be fetched. */
      async function projectOf(text: string): Promise<string> {
        const cwd = testFolder()
        await mkdir(path.join(cwd, 'wit'))
        await writeFile(path.join(cwd, 'wit/package.wit'), text)
        return cwd
      }

      pushes('publishes contracts that we fetch with what they use, and that are no plugins', async () => {
        const config = await configured()
        await wkg(['publish', '--config', config, './wit'], { cwd: await projectOf(TYPES) })
        const cwd = await projectOf(SITE)
        await wkg(['wit', 'build', '--config', config], { cwd })
        await wkg(['publish', '--config', config, './wit'], { cwd })
        const application = await applicationOf(`${server.registry}/wkg`)
        const { packages } = await application.fetchWit({ wanted: ['acme:site@^0.2'] })
        expect(packages.map(({ id, uses }) => [id, uses])).toEqual([
          ['acme:site@0.2.0', ['acme:types@1.0.0']],
          ['acme:types@1.0.0', []],
        ])
        expect((await failureOf(application.install('acme:site'))).code).toBe('WIT_PACKAGE')
      })

      test('fetches contracts that we publish, with what they use', async () => {
        const config = await configured()
        const publish = async (cwd: string) => {
          const place = `${server.registry}/wkg`
          await promisify(execFile)(process.execPath, [COMMAND, 'wit', 'publish', '--registry', place], {
            cwd,
          })
        }
        const own = (text: string) =>
          text.replaceAll('acme:site', 'acme:page').replaceAll('acme:types', 'acme:terms')
        await publish(await projectOf(own(TYPES)))
        const page = await projectOf(own(SITE))
        await mkdir(path.join(page, 'wit/deps'))
        await writeFile(path.join(page, 'wit/deps/terms.wit'), own(TYPES))
        await publish(page)
        const cwd = await projectOf('package my:app@1.0.0;\nworld app { include acme:page/site@0.2.0; }\n')
        await wkg(['wit', 'fetch', '--config', config, './wit'], { cwd })
        const fetched = await readdir(path.join(cwd, 'wit/deps'))
        expect(fetched.sort()).toEqual(['acme-page-0.2.0', 'acme-terms-1.0.0'])
        expect(await readFile(path.join(cwd, 'wit/deps/acme-terms-1.0.0/package.wit'), 'utf8')).toContain(
          'type word = string;',
        )
      })

      pushes('pushes what we install', async () => {
        const { folder, version, bytes } = await writeFiles()
        const to = `${server.registry}/acme/insights:${version}`
        await wkg(['oci', 'push', '--insecure', server.registry, to, path.join(folder, 'plugin.wasm')])
        await expectInstalled(server.registry, { version, bytes })
      })
    })

    test('keeps what every tool left beside our versions out of what we find', async () => {
      const application = await applicationOf(server.registry)
      const { versions } = await application.search('acme:insights')
      for (const { version } of versions) expect(version).toMatch(/^[12]\.0\.\d+$/)
      expect(versions.length).toBeGreaterThan(0)
    })
  })
