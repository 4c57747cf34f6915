import { run } from '../../lib/run.mjs'
import { inFolder, NODE } from './places.mjs'

export const REGISTRY_CERTIFICATE = inFolder('registry.crt')
export const REGISTRY_KEY = inFolder('registry.key')
export const ACCOUNTS_KEY = inFolder('accounts.key')
export const ACCOUNTS_PUBLIC_KEY = inFolder('accounts.pub')

/** Of the registry, which is its own authority, and the keys by which the cluster signs tokens. */
export async function makeCertificates() {
  const subject = ['-subj', '/CN=registry', '-addext', `subjectAltName=IP:${NODE}`]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const files = ['-keyout', REGISTRY_KEY, '-out', REGISTRY_CERTIFICATE]
  await run('openssl', ['req', '-x509', ...kind, ...subject, ...files])
  await run('openssl', ['genrsa', '-out', ACCOUNTS_KEY, '2048'])
  await run('openssl', ['rsa', '-in', ACCOUNTS_KEY, '-pubout', '-out', ACCOUNTS_PUBLIC_KEY])
}
