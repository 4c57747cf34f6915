import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { ACCOUNTS_KEY, ACCOUNTS_PUBLIC_KEY } from './certificates.mjs'
import { API, ETCD, inFolder, KUBECONFIG, NODE, SERVICES } from './places.mjs'

const TOKENS = inFolder('tokens.csv')

/** The store, the API, and what works towards what it is told. */
export async function startControlPlane(processes, { tools }) {
  const token = randomBytes(16).toString('hex')
  writeFileSync(TOKENS, `${token},admin,admin,"system:masters"\n`, { mode: 0o600 })
  writeFileSync(KUBECONFIG, JSON.stringify(kubeconfig(token)), { mode: 0o600 })
  const urls = ['--listen-client-urls', '--advertise-client-urls'].map((name) => `${name}=${ETCD}`)
  const peers = ['--listen-peer-urls=http://127.0.0.1:23800']
  const etcd = [`--data-dir=${inFolder('etcd')}`, ...urls, ...peers]
  await processes.start('etcd', etcd, async () => (await fetch(`${ETCD}/health`)).ok)
  const command = (name) => `${tools.kubernetes}/${name}`
  await processes.start(command('kube-apiserver'), API_SERVER, () => isReady(16443, '/readyz'))
  const client = [`--kubeconfig=${KUBECONFIG}`, '--leader-elect=false']
  const controllers = [...client, `--service-account-private-key-file=${ACCOUNTS_KEY}`]
  await processes.start(command('kube-controller-manager'), controllers, () => isReady(10257, '/healthz'))
  await processes.start(command('kube-scheduler'), client, () => isReady(10259, '/healthz'))
}

const API_SERVER = [
  `--etcd-servers=${ETCD}`,
  `--bind-address=127.0.0.1`,
  `--secure-port=16443`,
  `--advertise-address=${NODE}`,
  `--endpoint-reconciler-type=none`,
  `--kubelet-preferred-address-types=InternalIP`,
  `--cert-dir=${inFolder('api')}`,
  `--service-cluster-ip-range=${SERVICES}`,
  `--authorization-mode=RBAC`,
  `--token-auth-file=${TOKENS}`,
  `--service-account-issuer=https://kubernetes.default.svc`,
  `--service-account-key-file=${ACCOUNTS_PUBLIC_KEY}`,
  `--service-account-signing-key-file=${ACCOUNTS_KEY}`,
]

function kubeconfig(token) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: API, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  }
}

/** Each makes its own certificate, which nobody knows. */
function isReady(port, path) {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, agent: false, rejectUnauthorized: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
      .once('error', reject)
      .end()
  })
}
