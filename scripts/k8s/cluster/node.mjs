import { writeFileSync } from 'node:fs'
import { CONTAINERD, inFolder, KUBECONFIG, NODE, NODE_NAME, PODS } from './places.mjs'
import { until } from './processes.mjs'

const KUBELET = inFolder('kubelet.json')

/** As little of the machine as can be: no groups of its own, and no thresholds of a disk that it has not. */
const KUBELET_CONFIG = {
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  containerRuntimeEndpoint: `unix://${CONTAINERD}`,
  failCgroupV1: false,
  failSwapOn: false,
  cgroupDriver: 'cgroupfs',
  cgroupsPerQOS: false,
  enforceNodeAllocatable: [],
  makeIPTablesUtilChains: false,
  address: NODE,
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  evictionHard: {
    'memory.available': '0%',
    'nodefs.available': '0%',
    'imagefs.available': '0%',
    'nodefs.inodesFree': '0%',
  },
  imageGCHighThresholdPercent: 100,
  registryPullQPS: 0,
  resolvConf: '',
  podLogsDir: '/var/log/pods',
}

/** What runs pods, and what leads requests for Services to them. */
export async function startNode(processes, { tools, kubectl }) {
  writeFileSync(KUBELET, JSON.stringify(KUBELET_CONFIG))
  const kubelet = [
    `--config=${KUBELET}`,
    `--kubeconfig=${KUBECONFIG}`,
    '--root-dir=/var/lib/kubelet',
    `--hostname-override=${NODE_NAME}`,
    `--node-ip=${NODE}`,
  ]
  await processes.start(`${tools.kubernetes}/kubelet`, kubelet, isHealthy(10248))
  const proxy = [
    `--kubeconfig=${KUBECONFIG}`,
    `--hostname-override=${NODE_NAME}`,
    '--proxy-mode=nftables',
    `--cluster-cidr=${PODS}`,
    '--conntrack-max-per-core=0',
    '--conntrack-tcp-timeout-established=0',
    '--conntrack-tcp-timeout-close-wait=0',
  ]
  await processes.start(`${tools.kubernetes}/kube-proxy`, proxy, isHealthy(10256))
  const ready = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'
  await until(
    'the node is ready',
    async () => (await kubectl('get', 'node', NODE_NAME, '-o', ready)) === 'True',
  )
}

const isHealthy = (port) => async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok
