import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { FakeRegistry } from '../../../registry/test/helpers/fake-registry.js'
import { pluginWith } from '../../../registry/test/helpers/plugins.js'
import { at, done, resultOf } from '../helpers/cached-cli.js'
import { hasSchemas, validated } from '../helpers/kubernetes.js'
import { runCli, runJson } from '../helpers/run-cli.js'
import { buildServed } from '../helpers/served-project.js'
import { tempDir } from '../helpers/temp-dir.js'

/** A plugin that answers requests. */
let server: Buffer = Buffer.alloc(0)
beforeAll(async () => {
  const dir = await buildServed()
  server = readFileSync(path.join(dir, 'dist/hello.wasm'))
  rmSync(dir, { recursive: true, force: true })
})

const HELLO = { id: 'acme:hello', name: 'hello', version: '1.2.3', description: 'Says hello.' }
type Manifest = NonNullable<Parameters<typeof pluginWith>[0]>

/** A folder where a name of `acme` is in a registry of its own, with one version in it. */
async function shop(manifest: Manifest = {}, component = server): Promise<{ cwd: string; registry: string }> {
  const cwd = tempDir()
  const { registry } = await FakeRegistry.start()
  writeFileSync(path.join(cwd, 'hello.wasm'), pluginWith({ ...HELLO, ...manifest }, component))
  await done(['registry', 'add', 'acme', registry], { cwd })
  await done(['publish', 'hello.wasm'], { cwd })
  return { cwd, registry }
}

/** The manifest of a published plugin, as Kubernetes reads it. */
async function manifestOf(cwd: string, ...options: string[]) {
  const { exitCode, stdout, stderr } = await runCli(
    ['k8s', 'manifest', 'acme:hello@^1.0.0-a', ...options],
    at({ cwd }),
  )
  expect(exitCode, stderr).toBe(0)
  const documents = parseAllDocuments(stdout, { version: '1.1' }).map((one) => one.toJS())
  if (hasSchemas) expect(validated(stdout)).toEqual(documents)
  return { text: stdout, documents }
}

async function codeOf(cwd: string, ...argv: string[]) {
  const { document, exitCode } = await runJson(['k8s', ...argv], at({ cwd }))
  return [document.error?.code, exitCode, document.error?.message]
}

const SKIPPED = hasSchemas ? '' : ' (without the schemas: kubernetes-validate is not installed)'

describe('k8s manifest', () => {
  it(`writes what runs a published plugin, and says what is not kept${SKIPPED}`, async () => {
    const { cwd, registry } = await shop({
      capabilities: {
        fs: [{ at: '/data', access: 'read-write', reason: 'Keeps what it counted.' }],
        net: [
          { allow: 'GET https://api.example.com/v1/**', reason: 'Asks for the weather.' },
          { allow: 'tcp://10.1.2.3:5432', reason: 'Its database.' },
        ],
        env: [{ key: 'GREETING', reason: 'What it says.' }],
      },
    })
    await done(['keygen', 'acme'], { cwd })
    await done(['sign', 'acme:hello@1.2.3', '--key', 'acme.key'], { cwd })
    const rules = [{ packages: 'acme:*', signers: [{ key: 'acme.pub' }] }]
    writeFileSync(path.join(cwd, 'wasm-plugin.trust.json'), JSON.stringify({ version: 1, rules }))
    const { text, documents } = await manifestOf(cwd, '--probe', '/healthz')
    const result = await resultOf(['k8s', 'manifest', 'acme:hello', '--probe', '/healthz'], { cwd })
    expect(result.documents).toEqual(documents)
    expect(result.image).toMatch(new RegExp(`^${registry}/acme/hello:1\\.2\\.3@sha256:[0-9a-f]{64}$`))
    const plain = text.replaceAll(registry, 'registry.example').replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:…')
    await expect(plain).toMatchFileSnapshot('../kubernetes/hello.yaml')

    const why = 'It greets\n---\nkind: Secret'
    await done(['yank', 'acme:hello@1.2.3', '--reason', why, '--key', 'acme.key'], { cwd })
    const yanked = await done(['k8s', 'manifest', `oci://${registry}/acme/hello:1.2.3`], { cwd })
    expect(yanked).toContain('# It was yanked: It greets\\u{a}---\\u{a}kind: Secret\n')
  })

  it(`grants a pod what the shim of this project keeps, and nothing else${SKIPPED}`, async () => {
    const { cwd } = await shop({
      capabilities: {
        fs: [
          { at: '/data/', access: 'read', reason: 'Reads.' },
          { at: '/proc/self', access: 'read', reason: 'Looks around.' },
        ],
        net: [
          { allow: 'GET https://api.example.com:443', reason: 'Asks.' },
          { allow: 'http://*.example.org:8080', reason: 'Asks more.' },
          { allow: 'https://api.example.com/v1/**', reason: 'Asks for the weather.' },
          { allow: 'tcp://10.1.2.3:5432', reason: 'Its database.' },
          { allow: 'dns://example.com', reason: 'Looks it up.' },
        ],
        env: [
          { key: 'GREETING', reason: 'What it says.' },
          { key: 'WASM_PLUGIN_GRANTS', reason: 'Is curious.' },
          { key: 'WASMTIME_HTTP_PROXY_SOCKET_ADDR', reason: 'Is more curious.' },
        ],
      },
    })
    const { text, documents } = await manifestOf(cwd, '--shim', 'wasm-plugin')
    const { metadata, spec } = documents[0].spec.template
    const guide = readFileSync(new URL('../../../../docs/kubernetes.md', import.meta.url), 'utf8')
    const shown = /^```json shim\n(.*?)^```$/ms.exec(guide)?.[1] ?? ''
    expect(JSON.parse(metadata.annotations['wasm-plugin.dev/grants'])).toEqual(JSON.parse(shown))
    const left = ['https://api.example.com/v1/**', 'tcp://10.1.2.3:5432', 'dns://example.com']
    for (const pattern of left) expect(text).toMatch(new RegExp(`# {3}${pattern.replaceAll('*', '\\*')}\n`))
    expect(text).not.toContain('A shim knows no grants')
    expect(spec.runtimeClassName).toBe('wasm-plugin')
    expect(spec.containers[0].env.map(({ name }: { name: string }) => name)).toEqual([
      ...['WASMTIME_HTTP_PROXY_SOCKET_ADDR', 'WASM_PLUGIN_GRANTS', 'GREETING'],
    ])
    expect(spec.containers[0].env[1].valueFrom.fieldRef.fieldPath).toBe(
      "metadata.annotations['wasm-plugin.dev/grants']",
    )
    const { documents: asked } = await manifestOf(cwd, '--shim', 'wasm-plugin', '--runtime', 'wasm')
    expect(asked[3]).toMatchObject({ kind: 'RuntimeClass', handler: 'wasm' })
    const [code, exitCode] = await codeOf(cwd, 'manifest', 'acme:hello', '--shim', 'spin')
    expect([code, exitCode]).toEqual(['INVALID_OPTION', 2])
  })

  it(`derives rules of addresses and ports from every kind of rule${SKIPPED}`, async () => {
    const rules = [
      ...['https://1.2.3.4', 'https://1.2.3.4:8443/a', 'udp://1.2.3.4:53', 'tcp://[2001:db8::1]:*'],
      ...[
        'http://127.0.0.1:8080',
        'http://localhost',
        'dns://example.com',
        'POST http://*.example.com:8080/**',
      ],
      ...['tcp://[2001:db8::1]:80'],
    ]
    const net = rules.map((allow) => ({ allow, reason: 'x' }))
    const { cwd } = await shop({ capabilities: { net } })
    const { documents } = await manifestOf(cwd)
    const [dns, ...egress] = documents[2].spec.egress
    expect(dns.ports).toEqual([
      { protocol: 'TCP', port: 53 },
      { protocol: 'UDP', port: 53 },
    ])
    expect(egress).toMatchObject([
      {
        to: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '2000::/3' } }],
        ports: [{ port: 8080 }],
      },
      {
        to: [{ ipBlock: { cidr: '1.2.3.4/32' } }],
        ports: [{ port: 443 }, { port: 8443 }, { protocol: 'UDP' }],
      },
      { to: [{ ipBlock: { cidr: '2001:db8::1/128' } }], ports: [{ protocol: 'TCP' }] },
    ])
    expect(egress[2].ports).toEqual([{ protocol: 'TCP' }])
    expect(egress[0].to[0].ipBlock.except).toContain('169.254.0.0/16')
  })

  it(`says where a plugin would reach what clouds tell their machines${SKIPPED}`, async () => {
    const said = async (...rules: string[]) => {
      const net = rules.map((allow) => ({ allow, reason: 'x' }))
      const { text } = await manifestOf((await shop({ capabilities: { net } })).cwd)
      return text.match(/# {3}(\S+)( {2}x| is where clouds)/g) ?? []
    }
    const of = (...hosts: string[]) => hosts.map((host) => `#   ${host} is where clouds`)
    expect(await said('http://169.254.169.254/**', 'tcp://168.63.129.16:80', 'tcp://1.2.3.4:80')).toEqual([
      ...['#   http://169.254.169.254/**  x', '#   tcp://168.63.129.16:80  x', '#   tcp://1.2.3.4:80  x'],
      ...of('169.254.169.254', '168.63.129.16'),
    ])
    expect(await said('http://[fe80::1]', 'http://[fd00:ec2::254]', 'http://[::ffff:a9fe:a9fe]')).toEqual([
      ...['http://[fe80::1]', 'http://[fd00:ec2::254]', 'http://[::ffff:a9fe:a9fe]'].map(
        (one) => `#   ${one}  x`,
      ),
      ...of('fe80::1', 'fd00:ec2::254', '::ffff:a9fe:a9fe'),
    ])
    expect(await said('http://100.100.100.200', 'http://10.0.0.1')).toEqual(
      expect.arrayContaining(of('100.100.100.200')),
    )
  })

  it(`lets nothing out of a plugin that asks for nothing, and takes names, numbers and ports${SKIPPED}`, async () => {
    const { cwd } = await shop()
    const options = ['--name', 'shop', '--replicas', '0', '--runtime', 'spin-v2', '--port', '9000']
    const { text, documents } = await manifestOf(cwd, ...options)
    const [deployment, service, policy, runtime] = documents
    expect(policy.spec).toMatchObject({ egress: [], policyTypes: ['Ingress', 'Egress'] })
    expect(text).toContain('# It asks for no network.')
    expect(documents.map(({ metadata }) => metadata.name)).toEqual(['shop', 'shop', 'shop', 'spin-v2'])
    expect(deployment.spec.replicas).toBe(0)
    const { runtimeClassName, containers } = deployment.spec.template.spec
    expect(runtimeClassName).toBe(runtime.metadata.name)
    expect(containers[0].ports).toEqual([{ name: 'http', containerPort: 9000 }])
    expect(containers[0].env).toEqual([{ name: 'WASMTIME_HTTP_PROXY_SOCKET_ADDR', value: '0.0.0.0:9000' }])
    expect(containers[0].readinessProbe.tcpSocket).toEqual({ port: 'http' })
    expect(service.spec.ports[0].targetPort).toBe('http')
  })

  it(`makes nothing else of texts that a plugin chose${SKIPPED}`, async () => {
    const words = 'no # --- : &a *a !!js {{ .Values.x }} $(HOME) "\'|>'
    const { cwd } = await shop({
      name: 'yes',
      version: `1.0.0-${'a'.repeat(80)}`,
      capabilities: {
        fs: ['/', '//', '/proc/self', '//sys', '/dev', '/a:b', '/a', '/a/', '//a', '/yes', '/Ä'].map(
          (place, i) => ({
            ...{ at: place, access: i === 7 ? ('read-write' as const) : ('read' as const), reason: words },
          }),
        ),
        env: ['NO', '1e3', 'a/b', 'WASMTIME_HTTP_PROXY_SOCKET_ADDR', '-x', 'null'].map((key) => ({
          ...{ key, reason: words },
        })),
        net: [{ allow: 'https://a.example', reason: words }],
      },
    })
    const { text, documents } = await manifestOf(cwd)
    const [{ metadata, spec }] = documents
    expect(metadata.labels).toEqual({ 'app.kubernetes.io/name': 'hello' })
    const [container] = spec.template.spec.containers
    expect(container.volumeMounts).toEqual([
      { name: 'files-0', mountPath: '/a', readOnly: false },
      { name: 'files-1', mountPath: '/yes', readOnly: true },
    ])
    const names = container.env.map(({ name }: { name: string }) => name)
    expect(names).toEqual(['WASMTIME_HTTP_PROXY_SOCKET_ADDR', 'NO', 'null'])
    expect(text.split('\n').filter((line) => line.includes(words)).length).toBe(18)
    for (const line of text.split('\n')) if (line.includes(words)) expect(line.trimStart()[0]).toBe('#')
  })

  it(`lays no volume over the plugin, or over what names are found by${SKIPPED}`, async () => {
    const taken = [
      ...['/plugin.wasm', '//plugin.wasm/', '/plugin.wasm/a', '/etc/hosts', '/etc/hostname'],
      ...['/etc/resolv.conf', '/etc/resolv.conf/a'],
    ]
    const places = [...taken, '/plugin.wasm.d', '/plugin', '/etc/hello']
    const fs = places.map((place) => ({ at: place, access: 'read' as const, reason: 'x' }))
    const { cwd } = await shop({ capabilities: { fs } })
    const { text, documents } = await manifestOf(cwd)
    const [container] = documents[0].spec.template.spec.containers
    expect(container.command).toEqual(['/plugin.wasm'])
    const mounted = container.volumeMounts.map((one: { mountPath: string }) => one.mountPath)
    expect(mounted).toEqual(['/plugin.wasm.d', '/plugin', '/etc/hello'])
    expect(text.match(/\(no pod can have a volume there\)/g)).toHaveLength(taken.length)
  })

  it('refuses what no cluster can run', async () => {
    const folder = tempDir()
    writeFileSync(path.join(folder, 'hello.wasm'), pluginWith(HELLO, server))
    await done(['publish', 'hello.wasm', '--registry', './plugins'], { cwd: folder })
    const there = await codeOf(folder, 'manifest', 'acme:hello', '--registry', './plugins')
    expect(there).toEqual(['IMAGE_UNUSABLE', 1, expect.stringContaining('it lies in a folder')])

    const insights = await shop({}, Buffer.from(pluginWith()))
    const serving = await codeOf(insights.cwd, 'manifest', 'acme:hello')
    expect(serving).toEqual(['IMAGE_UNUSABLE', 1, expect.stringContaining('no wasi:http/incoming-handler')])

    // An import of a type by itself, which nothing in the component uses.
    const name = Buffer.from('thing')
    const importing = Buffer.from([10, 4 + name.length + 1, 1, 0, name.length, ...name, 3, 1])
    const needy = await shop({}, Buffer.concat([server, importing]))
    const missing = await codeOf(needy.cwd, 'manifest', 'acme:hello')
    expect(missing).toEqual(['IMAGE_UNUSABLE', 1, expect.stringContaining('it imports thing')])
  })

  it.each([
    [['manifst', 'acme:hello'], 'INVALID_ARGUMENT'],
    [['manifest', 'acme:hello', '--replicas', '-1'], 'INVALID_OPTION'],
    [['manifest', 'acme:hello', '--port', '80'], 'INVALID_OPTION'],
    [['manifest', 'acme:hello', '--name', 'Shop'], 'INVALID_OPTION'],
    [['manifest', 'acme:hello', '--name', 'a'.repeat(64)], 'INVALID_OPTION'],
    [['manifest', 'acme:hello', '--runtime', 'a.b'], 'INVALID_OPTION'],
    [['manifest', 'acme:hello', '--probe', 'healthz'], 'INVALID_OPTION'],
  ])('takes no %j', async (argv, code) => {
    expect((await codeOf(tempDir(), ...argv)).slice(0, 2)).toEqual([code, 2])
  })
})
