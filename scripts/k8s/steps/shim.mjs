import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { inFolder, RUNTIME } from '../cluster/places.mjs'
import { until } from '../cluster/processes.mjs'
import { allAnswered, answering, ask, underLoad } from '../load.mjs'
import { asksWhomItMay } from '../neighbours.mjs'
import { PLUGIN } from '../plugin.mjs'

/** As the manifests name their objects. */
const NAME = 'page'
const FILE = inFolder('page.yaml')

/** The published plugin as the image of pods, by the shim. */
export async function shimSteps(checks, { kubectl }, { wasmPlugin }) {
  const rolled = () => kubectl('rollout', 'status', `deployment/${NAME}`, '--timeout=60s')
  const apply = async (version) => {
    const options = ['--shim', RUNTIME, '--probe', '/']
    writeFileSync(FILE, await wasmPlugin('k8s', 'manifest', `${PLUGIN}@${version}`, ...options))
    await kubectl('apply', '-f', FILE)
  }
  const grant = (grants) => {
    const template = { metadata: { annotations: { 'wasm-plugin.dev/grants': grants } } }
    return kubectl('patch', 'deployment', NAME, '--patch', JSON.stringify({ spec: { template } }))
  }
  const url = async () =>
    `http://${await kubectl('get', 'service', NAME, '-o', 'jsonpath={.spec.clusterIP}')}/`
  const pods = async () =>
    JSON.parse(await kubectl('get', 'pods', '-l', `app.kubernetes.io/name=${NAME}`, '-o', 'json')).items
  const settled = () => until('two pods are left', async () => (await pods()).length === 2)

  await checks.check('`k8s manifest` is taken as it is, and the plugin answers', async () => {
    await kubectl('create', 'configmap', NAME, '--from-literal=GREETING=Hello')
    await apply('1.0.0')
    await rolled()
    assert.equal(await answering(url), 'Hello from 1.0.0')
  })
  await checks.check('it asks whom its grants name, and nobody else', async () => {
    await asksWhomItMay(await url())
    assert.match(
      await kubectl('logs', `deployment/${NAME}`, '--all-pods=true'),
      /denied: GET "10.99.0.1" at port 8001/,
    )
  })
  await checks.check('two pods become ten, and each answers', async () => {
    await kubectl('scale', `deployment/${NAME}`, '--replicas=10')
    await rolled()
    const addresses = (await pods()).map(({ status }) => status.podIP)
    assert.equal(new Set(addresses).size, 10)
    for (const address of addresses) assert.equal(await ask(`http://${address}:8080/`), 'Hello from 1.0.0')
    await kubectl('scale', `deployment/${NAME}`, '--replicas=2')
    await settled()
  })
  await checks.check('another version takes its place while requests come', async (note) => {
    const load = await underLoad(await url(), async () => {
      await apply('1.1.0')
      await rolled()
      await settled()
    })
    note({ requests: load.requests, answers: load.answers })
    allAnswered(load)
    assert.deepEqual(Object.keys(load.answers).sort(), ['Hello from 1.0.0', 'Hello from 1.1.0'])
  })
  await checks.check('and is taken back while requests come', async (note) => {
    const load = await underLoad(await url(), async () => {
      await kubectl('rollout', 'undo', `deployment/${NAME}`)
      await rolled()
      await settled()
    })
    note({ requests: load.requests, answers: load.answers })
    allAnswered(load)
    assert.equal(await ask(await url()), 'Hello from 1.0.0')
  })
  await checks.check('a request that runs when its pod is told to end has its answer', async () => {
    const [pod] = await pods()
    const last = ask(`http://${pod.status.podIP}:8080/slow/8000`)
    await kubectl('delete', 'pod', pod.metadata.name, '--wait=false')
    assert.equal(await last, 'Hello from 1.0.0')
  })
  await checks.check('a pod whose grants are taken has nothing of them', async () => {
    await grant('{}')
    await rolled()
    await settled()
    const at = await url()
    assert.equal(await ask(at), 'Silence from 1.0.0')
    assert.equal(await ask(`${at}ask/8000`), 'denied')
  })
  await checks.check(
    'grants that cannot be kept keep a pod from starting, and its log says why',
    async () => {
      await grant('{"net":["https://api.example.com/v1/**"]}')
      const [pod] = await until('a pod fails', async () => {
        const failed = (await pods()).filter(({ status }) => status.containerStatuses?.[0]?.restartCount > 0)
        return failed.length > 0 && failed
      })
      assert.match(
        await kubectl('logs', pod.metadata.name, '--previous'),
        /knows hosts, ports and methods, and no paths/,
      )
      assert.equal(await ask(await url()), 'Silence from 1.0.0')
    },
  )
  await checks.check('nothing is left of it', async () => {
    await kubectl('delete', '-f', FILE, '--timeout=60s')
    await until('its pods are gone', async () => (await pods()).length === 0)
  })
}
