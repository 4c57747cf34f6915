// On every Node: TLS.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { expect, it, onTestFinished } from 'vitest'

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../registry/test/fixtures/${name}`, import.meta.url))
const CERTIFICATE = fixture('loopback-cert.pem')

it('speaks to a server that the system trusts, by the name of the request, and to no other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-client-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const program = join(folder, 'client.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('../helpers/tls-client.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
  })
  const body = 'x'.repeat(300_000)
  const server = createServer(
    { cert: readFileSync(CERTIFICATE), key: readFileSync(fixture('loopback-key.pem')) },
    (_, response) => response.end(body),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const ask = async (authority: string, env: NodeJS.ProcessEnv) =>
    (await promisify(execFile)(process.execPath, [program, authority], { env })).stdout.trim()
  const trusting = { NODE_EXTRA_CA_CERTS: CERTIFICATE }
  for (const host of ['127.0.0.1', 'localhost']) expect(await ask(`${host}:${port}`, trusting)).toBe(body)
  expect(await ask(`localhost:${port}`, {})).toBe('TLS-certificate-error')
})
