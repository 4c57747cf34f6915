import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { FakeRegistry } from '../../../registry/test/helpers/fake-registry.js'
import { pluginWith } from '../../../registry/test/helpers/plugins.js'
import { done, resultOf } from '../helpers/cached-cli.js'
import { hasHelm, hasSchemas, helm, validated } from '../helpers/kubernetes.js'
import { buildServed } from '../helpers/served-project.js'
import { tempDir } from '../helpers/temp-dir.js'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const BIN = path.join(ROOT, 'packages/cli/bin/wasm-plugin.js')
const NEEDS = hasHelm ? '' : ' (helm is not installed)'

const digest = `sha256:${'0'.repeat(64)}`
const locked = {
  requirement: '^1',
  version: '1.0.0',
  manifest: digest,
  content: digest,
  size: 8,
  capabilities: {},
}
const lockOf = (registry: string) =>
  JSON.stringify({
    lockVersion: 1,
    plugins: { 'acme:hello': { ...locked, registry, repository: 'acme/hello' } },
  })
const LOCK = lockOf('registry.example')
const ROUTE = { path: '/...', plugin: 'acme:hello@^1' }
const SMALL = {
  image: { repository: 'registry.example/gateway' },
  plugins: { lock: LOCK },
  gateway: { routes: [ROUTE] },
}

// biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes, which are compared with its schemas.
type Documents = Record<string, any>

/** The objects of the chart by their kinds. */
function rendered(values: unknown): { text: string; objects: Documents } {
  const text = helm('template', values)
  const documents = parseAllDocuments(text).map((one) => one.toJS())
  if (hasSchemas) expect(validated(text)).toEqual(documents)
  return { text, objects: Object.fromEntries(documents.map((one) => [one.kind, one])) }
}

/** Everything that a policy lets out, one line for each place and port. */
function reached(egress: Documents[]): string[] {
  const lines = egress.flatMap(({ to, ports }) =>
    to.flatMap((peer: object) =>
      ports.map(({ protocol, port }: { protocol: string; port?: number }) =>
        JSON.stringify([peer, protocol, port ?? '*']),
      ),
    ),
  )
  return [...new Set<string>(lines)].sort()
}

describe.skipIf(!hasHelm)(`the chart${NEEDS}`, () => {
  it('is as it should be, with few values and with all', async () => {
    const all = {
      ...SMALL,
      image: { repository: 'registry.example/gateway', tag: `1.0.0@${digest}`, pullPolicy: 'Always' },
      plugins: {
        lock: LOCK,
        trust: '{"version":1,"rules":[]}',
        registries: '[namespace_registries]\nacme = "registry.example"\n',
        keys: { 'acme.pub': 'a key' },
        authorities: '-----BEGIN CERTIFICATE-----',
        registrySecret: 'registry',
      },
      gateway: {
        routes: [
          {
            ...ROUTE,
            grants: { net: ['GET https://api.example.com/v1/**', '!https://api.example.com/v1/x'] },
          },
          {
            ...ROUTE,
            host: 'b.example',
            grants: { net: { allow: ['tcp://db:5432'], privateAddresses: ['10.0.0.0/8'] } },
          },
        ],
        trustedProxies: ['10.0.0.0/8'],
        limits: { maxConnections: 1000 },
        drainSeconds: 60,
      },
      application: { env: [{ name: 'LANG', value: 'de' }], envFrom: [{ configMapRef: { name: 'site' } }] },
      replicas: 3,
      autoscaling: { enabled: true, maxReplicas: 20, targetCPUPercent: 50 },
      service: { type: 'LoadBalancer', port: 8000 },
      networkPolicy: { from: [{ podSelector: {} }], egress: [{ ports: [{ protocol: 'TCP', port: 6379 }] }] },
      podAnnotations: { note: 'yes' },
      nodeSelector: { disk: 'fast' },
      tolerations: [{ key: 'plugins', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
    }
    for (const [name, values] of [['small', SMALL] as const, ['all', all] as const]) {
      expect(helm('lint', values)).toContain('1 chart(s) linted, 0 chart(s) failed')
      await expect(rendered(values).text).toMatchFileSnapshot(`chart-${name}.yaml`)
    }
  })

  it('takes the values of the guide', () => {
    const guide = readFileSync(path.join(ROOT, 'docs/kubernetes.md'), 'utf8')
    const values = JSON.parse(/^```json values\n(.*?)^```$/ms.exec(guide)?.[1] ?? '')
    expect(rendered({ ...values, plugins: { lock: LOCK } }).text).toContain('https://api.example.com/v1/**')
    const named = [...guide.matchAll(/--set-file '?plugins\.(\w+)/g)].map(([, name = '']) => name)
    const { plugins } = parse(readFileSync(path.join(ROOT, 'deploy/chart/values.yaml'), 'utf8'))
    expect(Object.keys(plugins)).toEqual(expect.arrayContaining(named))
    expect(named).toHaveLength(4)
  })

  it('runs an application with its plugins in the place of the gateway', () => {
    const application = {
      image: 'registry.example/shop:2',
      command: ['node', 'server.js'],
      port: 3000,
      livenessPath: '/up',
    }
    const { objects } = rendered({ ...SMALL, gateway: {}, application })
    const { containers, initContainers } = objects.Deployment.spec.template.spec
    expect(containers[0]).toMatchObject({
      ...{ name: 'application', image: 'registry.example/shop:2', command: ['node', 'server.js'] },
      ...{ ports: [{ containerPort: 3000 }], livenessProbe: { httpGet: { path: '/up' } } },
    })
    expect(initContainers[0].command).toEqual(['wasm-plugin', 'install', '--frozen'])
    expect(Object.keys(objects.ConfigMap.data)).toEqual(['wasm-plugin.lock'])
  })

  it('starts what the Containerfile starts, of the version that is published with it', () => {
    const file = readFileSync(path.join(ROOT, 'deploy/Containerfile'), 'utf8')
    const { containers } = rendered(SMALL).objects.Deployment.spec.template.spec
    expect(JSON.parse(/^CMD (.*)$/m.exec(file)?.[1] ?? '')).toEqual(containers[0].command)
    expect(/^WORKDIR (.*)$/m.exec(file)?.[1]).toBe(containers[0].workingDir)
    const { version } = JSON.parse(readFileSync(path.join(ROOT, 'packages/cli/package.json'), 'utf8'))
    expect(/@wasm-plugin\/cli@(\S+)/.exec(file)?.[1]).toBe(version)
    const chart = parse(readFileSync(path.join(ROOT, 'deploy/chart/Chart.yaml'), 'utf8'))
    expect(chart.appVersion).toBe(version)
  })

  it('lets out what the command does for the same patterns', async () => {
    const patterns = [
      ...[
        'https://1.2.3.4',
        'https://1.2.3.4:8443/a',
        'udp://1.2.3.4:53',
        'tcp://[2001:db8::1]:*',
        'tcp://5.6.7.8:1',
      ],
      ...[
        'http://127.0.0.1:8080',
        'http://localhost',
        'dns://example.com',
        'POST http://*.example.com:8080/**',
      ],
      ...['https://api.example.com/v1/**', 'http://[::1]:80', 'tcp://db.localhost:1', 'udp://a.example:*'],
    ]
    const cwd = tempDir()
    const { registry } = await FakeRegistry.start()
    const net = patterns.map((allow) => ({ allow, reason: 'x' }))
    const hello = pluginWith({ id: 'acme:hello', capabilities: { net } }, server)
    writeFileSync(path.join(cwd, 'hello.wasm'), hello)
    await done(['publish', 'hello.wasm', '--registry', registry], { cwd })
    const { documents } = await resultOf(['k8s', 'manifest', 'acme:hello', '--registry', registry], { cwd })
    const lock = lockOf('1.2.3.4')
    const routes = [{ ...ROUTE, grants: { net: [...patterns, '!https://9.9.9.9'] } }]
    const { objects } = rendered({ ...SMALL, plugins: { lock }, gateway: { routes } })
    expect(reached(objects.NetworkPolicy.spec.egress)).toEqual(reached(documents[2].spec.egress))
  })

  it.each([
    ['no image', { ...SMALL, image: {} }, /image.repository/],
    ['no lock file', { ...SMALL, plugins: {} }, /plugins.lock/],
    ['a lock file that is none', { ...SMALL, plugins: { lock: '{' } }, /mustFromJson/],
    ['a plugin in a folder', { ...SMALL, plugins: { lock: lockOf('dir:plugins') } }, /locked in a folder/],
    ['a key it does not know', { ...SMALL, replicaz: 1 }, /replicaz/],
    ['an image of two lines', { ...SMALL, image: { repository: 'a\nb: c' } }, /repository/],
    [
      'a file outside',
      { ...SMALL, plugins: { lock: LOCK, keys: { '../a.pub': '' } } },
      /invalid propertyName/,
    ],
    [
      'a file in place of another',
      { ...SMALL, plugins: { lock: LOCK, keys: { 'wasm-plugin.lock': '' } } },
      /invalid propertyName/,
    ],
    [
      'a plugin that is no name',
      { ...SMALL, gateway: { routes: [{ path: '/', plugin: '/etc/passwd' }] } },
      /plugin/,
    ],
    ['a probe of two lines', { ...SMALL, application: { livenessPath: '/\nx' } }, /livenessPath/],
    ...['api.example.com', 'https://a b', 'https://0x7f.1\n', 'ftp://a', 'tcp://a', 'https://[::1'].map(
      (net) =>
        [
          `the pattern ${JSON.stringify(net)}`,
          { ...SMALL, gateway: { routes: [{ ...ROUTE, grants: { net: [net] } }] } },
          /pattern of the network|needs a port|cannot be read/,
        ] as const,
    ),
  ] as const)('refuses %s', (_, values, reason) => {
    expect(() => helm('template', values)).toThrow(reason)
  })

  it('makes nothing else of texts than they are', () => {
    const text = '"}\n---\nkind: Secret\n{{ .Release.Name }} $(HOME) \u2028\t# &a *b !!js'
    const routes = [{ ...ROUTE, name: text, grants: { env: { [text]: text } } }]
    const plugins = { lock: LOCK, trust: text, keys: { 'a.pub': text } }
    const podAnnotations = { note: text }
    const application = { env: [{ name: 'X', value: text }] }
    const { objects } = rendered({ ...SMALL, plugins, gateway: { routes }, podAnnotations, application })
    expect(Object.keys(objects).sort()).toEqual([
      ...['ConfigMap', 'Deployment', 'NetworkPolicy', 'PodDisruptionBudget', 'Service'],
    ])
    const { data } = objects.ConfigMap
    expect(data).toMatchObject({ 'a.pub': text, 'wasm-plugin.trust.json': text })
    expect(JSON.parse(data['routes.json']).routes).toEqual(routes)
    const { metadata, spec } = objects.Deployment.spec.template
    expect(metadata.annotations.note).toBe(text)
    expect(spec.containers[0].env).toContainEqual({ name: 'X', value: text })
  })

  it('starts what works: plugins are installed by their signatures, served offline, asked, and drained', async () => {
    const cwd = tempDir()
    const fake = await FakeRegistry.start()
    writeFileSync(path.join(cwd, 'hello.wasm'), pluginWith({ id: 'acme:hello', name: 'hello' }, server))
    await done(['registry', 'add', 'acme', fake.registry], { cwd })
    await done(['keygen', 'acme'], { cwd })
    await done(['publish', 'hello.wasm', '--key', 'acme.key'], { cwd })
    const trust = JSON.stringify({
      version: 1,
      rules: [{ packages: 'acme:*', signers: [{ key: 'acme.pub' }] }],
    })
    writeFileSync(path.join(cwd, 'wasm-plugin.trust.json'), trust)
    await done(['install', 'acme:hello@^1'], { cwd })
    const read = (name: string) => readFileSync(path.join(cwd, name), 'utf8')
    const plugins = { lock: read('wasm-plugin.lock'), trust, keys: { 'acme.pub': read('acme.pub') } }
    const { objects } = rendered({ ...SMALL, plugins })
    const { containers, initContainers } = objects.Deployment.spec.template.spec

    const pod = tempDir()
    for (const { name, mountPath, subPath } of containers[0].volumeMounts) {
      if (name !== 'files') continue
      // A volume of a ConfigMap has links, which the client follows none of.
      expect(mountPath).toBe(`${containers[0].workingDir}/${subPath}`)
      writeFileSync(path.join(pod, subPath), objects.ConfigMap.data[subPath])
    }
    // Ports that are free here.
    const routes = JSON.parse(readFileSync(path.join(pod, 'routes.json'), 'utf8'))
    for (const listener of [routes.listen[0], routes.metrics])
      Object.assign(listener, { port: 0, host: '127.0.0.1' })
    writeFileSync(path.join(pod, 'routes.json'), JSON.stringify(routes))

    const cache = path.join(tempDir(), 'cache')
    mkdirSync(cache)
    const start = ({ command, env }: { command: string[]; env: { name: string; value: string }[] }) => {
      expect(command[0]).toBe('wasm-plugin')
      const variables = Object.fromEntries(
        env.map(({ name, value }) => [name, value.replace('/cache', cache)]),
      )
      const child = spawn(process.execPath, [BIN, ...command.slice(1)], {
        cwd: pod,
        env: { PATH: process.env.PATH, ...variables, HOME: pod },
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      return child
    }
    const installing = start(initContainers[0])
    expect(await once(installing, 'close')).toEqual([0, null])
    const asked = fake.seen.length
    // What serves has it read-only: here nothing else can be in the place of the folder that it would make there.
    writeFileSync(path.join(cache, 'wasm-plugin/code'), '')
    const filled = filesIn(cache)
    expect(filled.length).toBeGreaterThan(0)
    const serving = start(containers[0])
    let said = ''
    for await (const piece of serving.stderr) {
      said += piece
      if (said.match(/Listening/g)?.length === 2) break
    }
    serving.stderr.resume()
    const [url] = /http:\/\/\S+/.exec(said) ?? []
    const { livenessProbe, readinessProbe } = containers[0]
    for (const { httpGet } of [livenessProbe, readinessProbe])
      expect((await fetch(`${url}${httpGet.path}`)).status).toBe(200)
    expect(await (await fetch(`${url}/a`)).text()).toBe('<h1>Hello from /a</h1>\n')
    expect(fake.seen.length).toBe(asked)
    const ended = once(serving, 'close')
    serving.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    await expect(fetch(`${url}/`)).rejects.toThrow()
    expect(filesIn(cache)).toEqual(filled)
  })
})

/** Everything in a folder, with the time when it was changed. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${name} ${statSync(path.join(folder, name)).mtimeMs}`)
    .sort()
}

/** A plugin that answers requests. */
let server: Buffer = Buffer.alloc(0)
beforeAll(async () => {
  const dir = await buildServed()
  server = readFileSync(path.join(dir, 'dist/hello.wasm'))
  rmSync(dir, { recursive: true, force: true })
})
