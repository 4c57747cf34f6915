import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { REGISTRY_CERTIFICATE, REGISTRY_KEY } from './certificates.mjs'
import { inFolder, REGISTRY } from './places.mjs'

const CONFIG = inFolder('registry.yaml')
/** Where containerd looks for what it trusts. */
export const TRUSTED = inFolder('certs.d')

/** Debian's registry, by TLS, as pods and nodes ask one. */
export async function startRegistry(processes) {
  const tls = { certificate: REGISTRY_CERTIFICATE, key: REGISTRY_KEY }
  const storage = { filesystem: { rootdirectory: inFolder('registry') } }
  const log = { level: 'error', accesslog: { disabled: true } }
  // JSON is YAML too.
  writeFileSync(CONFIG, JSON.stringify({ version: 0.1, log, storage, http: { addr: REGISTRY, tls } }))
  mkdirSync(`${TRUSTED}/${REGISTRY}`, { recursive: true })
  writeFileSync(
    `${TRUSTED}/${REGISTRY}/hosts.toml`,
    `[host."https://${REGISTRY}"]\nca = "${REGISTRY_CERTIFICATE}"\n`,
  )
  await processes.start('docker-registry', ['serve', CONFIG], () => statusOf(`https://${REGISTRY}/v2/`, 200))
}

/** Whether this is the answer. */
export function statusOf(url, status, { ca = readFileSync(REGISTRY_CERTIFICATE) } = {}) {
  return new Promise((resolve, reject) => {
    request(url, { ca, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === status)
    })
      .once('error', reject)
      .end()
  })
}
