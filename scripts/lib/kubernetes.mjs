import { inRoot } from './paths.mjs'
import { installWithPip } from './pip.mjs'

/** Schemas of Kubernetes, and what compares with them: 23 MB to download, in a folder that the command's tests know. */
const FOLDER = inRoot('.cache/kubernetes-validate')
const REQUIREMENTS = inRoot('packages/cli/test/kubernetes/requirements.txt')

/** Installs them in CI. Elsewhere the tests that need them say so. */
export async function setUpKubernetesSchemas() {
  if (process.env.CI !== 'true') return
  const packages = { folder: FOLDER, requirements: REQUIREMENTS, result: 'kubernetes_validate' }
  const reason = await installWithPip('kubernetes-validate', packages)
  if (reason !== undefined) throw new Error(`no kubernetes-validate: ${reason}`)
}
