import { randomUUID, sign } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'

const FIXTURES = path.join(import.meta.dirname, '../fixtures')
export const CERTIFICATE = path.join(FIXTURES, 'loopback-cert.pem')
export const certificate = readFileSync(CERTIFICATE, 'utf8')
export const privateKey = readFileSync(path.join(FIXTURES, 'loopback-key.pem'), 'utf8')

export interface TokenServer extends AsyncDisposable {
  readonly origin: string
  /** What was asked for, as `user scope`. */
  readonly asked: string[]
  /** Seconds for which tokens are said to be good. */
  expiresIn: number
  /** What a token is called in the answer. */
  field: 'token' | 'access_token'
}

/**
 * Gives tokens for docker-registry, signed with the certificate of the fixtures: to anybody to read, to `ada` with the
 * password `s3cret`, or with the identity token `lasting`, to write.
 */
export async function startTokenServer(): Promise<TokenServer> {
  const state = { asked: [] as string[], expiresIn: 300, field: 'token' as 'token' | 'access_token' }
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://token')
    let body = ''
    for await (const piece of request) body += piece
    const form = new URLSearchParams(body)
    const parameters = request.method === 'POST' ? form : url.searchParams
    const basic = request.headers.authorization
    const isAda =
      basic === `Basic ${Buffer.from('ada:s3cret').toString('base64')}` ||
      form.get('refresh_token') === 'lasting'
    state.asked.push(`${isAda ? 'ada' : 'anybody'} ${parameters.getAll('scope').join(' ')}`)
    if ((basic !== undefined || form.has('refresh_token')) && !isAda)
      return void response.writeHead(401).end('no such user')
    const scopes = parameters.getAll('scope').flatMap((scope) => scope.split(' '))
    const access = scopes
      .map((scope) => scope.split(':'))
      .map(([type, name, actions = '']) => ({
        type,
        name,
        actions: actions.split(',').filter((action) => isAda || action === 'pull'),
      }))
    const token = tokenFor(parameters.get('service') ?? '', access)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ [state.field]: token, expires_in: state.expiresIn }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(state, {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

function tokenFor(audience: string, access: unknown): string {
  const now = Math.floor(Date.now() / 1_000)
  const x5c = [certificate.replace(/-----[^-]+-----|\s/g, '')]
  const header = { typ: 'JWT', alg: 'ES256', x5c }
  const claims = {
    iss: 'tests',
    sub: 'somebody',
    aud: audience,
    exp: now + 600,
    nbf: now - 60,
    iat: now,
    jti: randomUUID(),
    access,
  }
  const text = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}
