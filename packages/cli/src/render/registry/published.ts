import type { Published, PublishedImage } from '@wasm-plugin/registry'
import type { Rendering } from '../../command.js'
import { statusLine } from '../../output/printer.js'
import type { Style } from '../../output/style.js'
import { count } from '../../output/units.js'

const VERBS = { published: 'Published', exists: 'Unchanged', 'dry-run': 'Would publish' } as const

export function renderPublished(result: Published, { err }: { readonly err: Style }): Rendering {
  const { name, version, registry, repository, manifest, state, signed, image } = result
  const lines = [
    statusLine(err, VERBS[state], `${name}@${version} in ${registry}/${repository}`),
    statusLine(err, 'Digest', manifest),
    ...(signed > 0 ? [statusLine(err, 'Signed', `with ${count(signed, 'statement')}`)] : []),
    ...(state === 'exists' ? ['These very bytes were there before.'] : []),
    ...(image === undefined ? [] : imageLines(image, err)),
  ]
  return { stderr: lines.join('\n') }
}

function imageLines({ tag, manifest, state, signed }: PublishedImage, style: Style): string[] {
  return [
    statusLine(style, VERBS[state], `${tag}, an image with /plugin.wasm in its file system`),
    statusLine(style, 'Digest', manifest),
    ...(signed > 0 ? [statusLine(style, 'Signed', `with ${count(signed, 'statement')}`)] : []),
  ]
}
