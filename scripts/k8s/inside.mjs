// The first process of the sandbox: makes a cluster of one node in it, asks it everything, and says how it went on file descriptor 3.
import { mkdirSync, writeFileSync, writeSync } from 'node:fs'
import { inRoot } from '../lib/paths.mjs'
import { report } from '../lib/report.mjs'
import { script } from '../lib/run.mjs'
import { Checks } from './checks.mjs'
import { startCluster } from './cluster/index.mjs'
import { gatewaySteps } from './steps/gateway.mjs'
import { publishSteps } from './steps/publish.mjs'
import { shimSteps } from './steps/shim.mjs'

const LOGS = inRoot('.cache/test/k8s')

await script(async () => {
  const input = JSON.parse(process.argv[2])
  mkdirSync(LOGS, { recursive: true })
  const checks = new Checks((result) => writeSync(3, `${JSON.stringify(result)}\n`))
  const cluster = await checks.check('a cluster of one node is ready', () =>
    startCluster({ ...input, logs: LOGS }),
  )
  if (cluster === undefined) return
  const app = await publishSteps(checks, input)
  if (checks.failed > 0) return
  await shimSteps(checks, cluster, app)
  await gatewaySteps(checks, cluster, app)
  if (checks.failed === 0) return
  const state = [
    await cluster.kubectl('get', 'pods', '-A', '-o', 'wide'),
    await cluster.kubectl('get', 'events', '-A'),
  ]
  writeFileSync(`${LOGS}/events.log`, state.join('\n'))
  report('Logs', LOGS)
})
// Nothing waits for what still runs: it ends with this process.
process.exit()
