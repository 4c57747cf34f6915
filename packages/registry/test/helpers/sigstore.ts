import { createHash, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bundleToJSON } from '@sigstore/bundle'
import {
  fulcioHandler,
  initializeCA,
  initializeTLog,
  initializeTSA,
  rekorHandler,
  tsaHandler,
} from '@sigstore/mock'
import { DSSEBundleBuilder, FulcioSigner, RekorWitness, TSAWitness } from '@sigstore/sign'
import { onTestFinished } from 'vitest'

export interface Identity {
  readonly issuer: string
  readonly identity: string
}

/** What the log calls itself in what it signs; the root has to know it by that. */
const LOG = 'http://log.example'

/** A time whose milliseconds end in zero, which DER leaves out: the verifier reads three digits or none. */
const SHORT_TIME = /\d{14}\.\d{1,2}Z/

/**
 * A Sigstore of its own on this machine, until the end of the test: a certificate authority, a log and a time stamping
 * authority, which Sigstore's own client signs with. Its certificates are in no log, as those of the public one are.
 */
export async function startSigstore({ logs = true }: { logs?: boolean } = {}) {
  const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ca = await initializeCA(pair())
  const tlog = await initializeTLog(LOG, pair())
  const tsa = await initializeTSA(pair())
  const handlers = new Map(
    [fulcioHandler(ca), rekorHandler(tlog), tsaHandler(tsa)].map(({ path, fn }) => [path, fn]),
  )
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const handle = handlers.get(request.url ?? '')
    let answer = await handle?.(Buffer.concat(pieces).toString())
    while (answer && SHORT_TIME.test(Buffer.from(answer.response).toString('latin1')))
      answer = await handle?.(Buffer.concat(pieces).toString())
    response
      .writeHead(answer?.statusCode ?? 404, { 'content-type': answer?.contentType ?? 'text/plain' })
      .end(answer?.response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  /** A statement signed by somebody whom an identity provider vouches for, as a bundle of version 0.3. */
  async function sign(statement: Uint8Array, { issuer, identity }: Identity): Promise<Uint8Array> {
    const token = ['{"alg":"none"}', JSON.stringify({ iss: issuer, sub: identity }), '']
    const identityProvider = {
      getToken: async () => token.map((part) => Buffer.from(part).toString('base64url')).join('.'),
    }
    const builder = new DSSEBundleBuilder({
      signer: new FulcioSigner({ fulcioBaseURL: url, identityProvider }),
      witnesses: [
        ...(logs ? [new RekorWitness({ rekorBaseURL: url, entryType: 'intoto' })] : []),
        new TSAWitness({ tsaBaseURL: url }),
      ],
    })
    const bundle = await builder.create({
      data: Buffer.from(statement),
      type: 'application/vnd.in-toto+json',
    })
    return Buffer.from(JSON.stringify(bundleToJSON(bundle)))
  }

  const start = '2020-01-01T00:00:00Z'
  const chain = (...certificates: Buffer[]) => ({
    subject: { organization: 'tests', commonName: 'tests' },
    uri: url,
    certChain: { certificates: certificates.map((one) => ({ rawBytes: one.toString('base64') })) },
    validFor: { start },
  })
  const log = (publicKey: Buffer) => ({
    baseUrl: LOG,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: publicKey.toString('base64'),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: { start },
    },
    logId: { keyId: createHash('sha256').update(publicKey).digest('base64') },
  })
  const root = {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: logs ? [log(tlog.publicKey)] : [],
    ctlogs: [],
    certificateAuthorities: [chain(ca.rootCertificate)],
    timestampAuthorities: [chain(tsa.intCertificate, tsa.rootCertificate)],
  }
  return { sign, root }
}
