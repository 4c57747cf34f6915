import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where the set-up of CI puts the schemas of Kubernetes, and what compares with them. */
const FOLDER = fileURLToPath(new URL('../../../../.cache/kubernetes-validate', import.meta.url))
const SCHEMAS = '1.37'

export const hasSchemas = existsSync(`${FOLDER}/kubernetes_validate`)

if (process.env.CI === 'true' && !hasSchemas)
  throw new Error('kubernetes-validate is missing, which the set-up installs in CI')

const SCRIPT = `
import json, sys, yaml
from kubernetes_validate import validate
documents = list(yaml.safe_load_all(sys.stdin.read()))
for document in documents: validate(document, '${SCHEMAS}', True)
json.dump(documents, sys.stdout)
`

/** Compares YAML with the schemas of Kubernetes, where no key may be there that they do not know, and gives what it read. */
export function validated(yaml: string): Record<string, unknown>[] {
  const env = { ...process.env, PYTHONPATH: FOLDER }
  return JSON.parse(execFileSync('python3', ['-c', SCRIPT], { input: yaml, env, encoding: 'utf8' }))
}

const HELM = fileURLToPath(new URL('../../../../.cache/helm/helm', import.meta.url))
const CHART = fileURLToPath(new URL('../../../../deploy/chart', import.meta.url))

export const hasHelm = existsSync(HELM)

if (process.env.CI === 'true' && !hasHelm) throw new Error('helm is missing, which the set-up installs in CI')

/** Runs `helm lint` or `helm template` of the chart with values in JSON, which is YAML but for two separators of lines. */
export function helm(action: 'lint' | 'template', values: unknown): string {
  const name = action === 'lint' ? ['lint', '--strict'] : ['template', 'shop']
  const input = JSON.stringify(values).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
  return execFileSync(HELM, [...name, CHART, '--values', '-'], { input, encoding: 'utf8', stdio: 'pipe' })
}
