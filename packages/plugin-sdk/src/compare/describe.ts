import type { Difference } from './compare.js'

/** A difference that matters, as a sentence without its end. @param owner of the world, as in `the application` */
export function describeDifference(
  { kind, interface: id, item, wanted, found }: Difference,
  owner: string,
): string {
  const name = item === undefined ? id : `${id}#${item}`
  if (kind === 'signature') return `${name} is ${found} here and ${wanted} there`
  if (kind === 'missing-export' || kind === 'missing-function') return `it does not export ${name}`
  return `it imports ${name}, which ${owner} does not have`
}
