import type { Published } from '@wasm-plugin/registry'
import type { Rendering } from '../../command.js'
import { statusLine } from '../../output/printer.js'
import type { Style } from '../../output/style.js'
import { count } from '../../output/units.js'

const VERBS = { published: 'Published', exists: 'Unchanged', 'dry-run': 'Would publish' } as const

export function renderPublished(result: Published, { err }: { readonly err: Style }): Rendering {
  const { name, version, registry, repository, manifest, state, signed } = result
  const lines = [
    statusLine(err, VERBS[state], `${name}@${version} in ${registry}/${repository}`),
    statusLine(err, 'Digest', manifest),
    ...(signed > 0 ? [statusLine(err, 'Signed', `with ${count(signed, 'statement')}`)] : []),
    ...(state === 'exists' ? ['These very bytes were there before.'] : []),
  ]
  return { stderr: lines.join('\n') }
}
