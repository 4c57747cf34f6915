import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { inRoot } from '../../lib/paths.mjs'
import { REGISTRY_CERTIFICATE } from '../cluster/certificates.mjs'
import { inFolder, NODE_NAME } from '../cluster/places.mjs'
import { until } from '../cluster/processes.mjs'
import { allAnswered, answering, ask, underLoad } from '../load.mjs'
import { asksWhomItMay } from '../neighbours.mjs'
import { PLUGIN } from '../plugin.mjs'

const RELEASE = 'shop'
const VALUES = inFolder('values.json')

/** The chart: the gateway, with the plugin installed by its lock file. */
export async function gatewaySteps(checks, { kubectl, helm, image }, { folder, wasmPlugin }) {
  const chart = inRoot('deploy/chart')
  const upgrade = (...more) =>
    helm('upgrade', '--install', RELEASE, chart, '--values', VALUES, ...setFiles(filesOf(folder)), ...more)
  const waiting = ['--wait', '--timeout', '120s']
  const install = (version) => wasmPlugin('install', `${PLUGIN}@${version}`, '--yes')
  const selector = `app.kubernetes.io/instance=${RELEASE}`
  const pods = async () => JSON.parse(await kubectl('get', 'pods', '-l', selector, '-o', 'json')).items
  const url = async () =>
    `http://${await kubectl('get', 'service', RELEASE, '-o', 'jsonpath={.spec.clusterIP}')}/`
  const settled = () => until('two pods are left', async () => (await pods()).length === 2)
  const repository = image.slice(0, image.lastIndexOf(':'))
  writeFileSync(VALUES, JSON.stringify(valuesOf(repository)))

  await checks.check('the chart is installed, and the gateway answers', async () => {
    await install('1.0.0')
    await upgrade(...waiting)
    assert.equal(await answering(url), 'Welcome from 1.0.0')
  })
  await checks.check('the plugin in it asks whom its grants name, and nobody else', async () => {
    await asksWhomItMay(await url())
  })
  await checks.check('`helm upgrade` to another version loses no request', async (note) => {
    await install('1.1.0')
    const load = await underLoad(await url(), async () => {
      await upgrade(...waiting)
      await settled()
    })
    note({ requests: load.requests, answers: load.answers })
    allAnswered(load)
    assert.deepEqual(Object.keys(load.answers).sort(), ['Welcome from 1.0.0', 'Welcome from 1.1.0'])
  })
  await checks.check('`helm rollback` neither', async (note) => {
    const load = await underLoad(await url(), async () => {
      await helm('rollback', RELEASE, '1', ...waiting)
      await settled()
    })
    note({ requests: load.requests, answers: load.answers })
    allAnswered(load)
    assert.equal(await ask(await url()), 'Welcome from 1.0.0')
  })
  await checks.check(
    'what somebody else should have signed never serves, and the old one goes on',
    async (note) => {
      await wasmPlugin('keygen', 'other')
      const untrusted = inFolder('untrusted.json')
      const rules = [{ packages: 'acme:*', signers: [{ key: 'other.pub' }] }]
      writeFileSync(untrusted, JSON.stringify({ version: 1, rules }))
      const files = { 'plugins.trust': untrusted, 'plugins.keys.other\\.pub': `${folder}/other.pub` }
      const load = await underLoad(await url(), async () => {
        await upgrade(...setFiles(files))
        const failed = await until('an init container fails', async () =>
          (await pods()).find(({ status }) => hasFailed(status)),
        )
        // It is tried again and again, each time with another log.
        await until('its log says why', async () => {
          const log = await kubectl('logs', failed.metadata.name, '--container', 'install')
          return log.includes('SIGNER_UNTRUSTED')
        })
        await helm('rollback', RELEASE, '3', ...waiting)
        await settled()
      })
      note({ requests: load.requests, answers: load.answers })
      allAnswered(load)
      assert.deepEqual(Object.keys(load.answers), ['Welcome from 1.0.0'])
    },
  )
  await checks.check('a request that runs when its pod is told to end has its answer', async () => {
    const [pod] = await pods()
    const last = ask(`http://${pod.status.podIP}:8080/slow/8000`)
    await kubectl('delete', 'pod', pod.metadata.name, '--wait=false')
    assert.equal(await last, 'Welcome from 1.0.0')
    await kubectl('rollout', 'status', `deployment/${RELEASE}`, '--timeout=60s')
    await settled()
  })
  await checks.check(
    'a node that is drained keeps what the disruption budget says, and it answers',
    async (note) => {
      const load = await underLoad(await url(), async () => {
        // There is no other node: the second pod may not go before there is another first one.
        await assert.rejects(
          kubectl('drain', NODE_NAME, '--timeout=15s', '--delete-emptydir-data', '--force'),
          /disruption budget/,
        )
        assert.ok((await pods()).filter(({ status }) => isReady(status)).length === 1)
        await kubectl('uncordon', NODE_NAME)
        await kubectl('rollout', 'status', `deployment/${RELEASE}`, '--timeout=60s')
      })
      note({ requests: load.requests })
      allAnswered(load)
    },
  )
}

/** As an application has them. */
const filesOf = (folder) => ({
  'plugins.lock': `${folder}/wasm-plugin.lock`,
  'plugins.trust': `${folder}/wasm-plugin.trust.json`,
  'plugins.keys.acme\\.pub': `${folder}/acme.pub`,
  'plugins.authorities': REGISTRY_CERTIFICATE,
})

const setFiles = (files) => Object.entries(files).flatMap(([key, file]) => ['--set-file', `${key}=${file}`])

const valuesOf = (repository) => ({
  image: { repository },
  gateway: {
    routes: [
      {
        path: '/...',
        plugin: `${PLUGIN}@^1`,
        grants: { env: { GREETING: 'Welcome' }, net: ['http://10.99.0.1:8000'] },
        limits: { timeoutMs: 20_000 },
        reuse: 100,
      },
    ],
  },
})

const isReady = ({ conditions = [] }) =>
  conditions.some(({ type, status }) => type === 'Ready' && status === 'True')

const hasFailed = ({ initContainerStatuses = [] }) =>
  initContainerStatuses.some(
    ({ state, lastState }) => (state.terminated ?? lastState.terminated)?.exitCode > 0,
  )
