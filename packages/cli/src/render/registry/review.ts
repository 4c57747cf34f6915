import type { Review } from '@wasm-plugin/registry'
import { listRequests } from '../../component/capabilities.js'
import { formatBytes } from '../../output/units.js'
import { signedBy } from './signer.js'

/** What somebody has to know before a version is taken. Every text in it has to be ready to be shown. */
export function reviewLines(review: Review): string[] {
  const { name, version, description, registry, repository, manifest, size, world, signer, changes } = review
  return [
    `${name} ${version}`,
    ...(description === undefined ? [] : [`  ${description}`]),
    `  from      ${registry}/${repository}, ${formatBytes(size)}`,
    `  digest    ${manifest}`,
    `  signed    ${signedBy(signer)}`,
    ...(review.kind === 'wit' ? [] : [`  contract  ${world ?? 'it does not say'}`, ...askedLines(review)]),
    ...(changes.length === 0 ? [] : ['  needs consent:', ...changes.map(({ text }) => `  - ${text}`)]),
  ]
}

function askedLines({ asks, asksUnknown }: Review): string[] {
  if (asksUnknown) return ['  asks for  what it asks for is known only after the download']
  const requests = listRequests(asks)
  if (requests.length === 0) return ['  asks for  nothing']
  const width = Math.max(...requests.map(({ what }) => what.length))
  return requests.map(
    ({ capability, what, reason }, index) =>
      `  ${index === 0 ? 'asks for' : '        '}  ${capability.padEnd(3)}  ${what.padEnd(width)}  ${reason}`,
  )
}
