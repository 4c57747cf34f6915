import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { CERTIFICATE, type TokenServer } from './token-server.js'

/** Lines of docker-registry's configuration: the user `ada` with the password `s3cret`. */
export function withPasswords(folder: string): string {
  const file = path.join(folder, 'htpasswd')
  writeFileSync(file, 'ada:$2y$05$abcdefghijklmnopqrstuuLK7U1u6pVRmL7L1BBM2aS35PSZnDXlK\n')
  return `auth: { htpasswd: { realm: tests, path: ${file} } }`
}

/** The same with tokens. */
export function withTokens({ origin }: TokenServer): string {
  return `auth: { token: { realm: ${origin}/token, service: registry, issuer: tests, rootcertbundle: ${CERTIFICATE} } }`
}
