import { transportErrors as errors } from '../errors/index.js'
import { isTag } from '../repository/index.js'
import type { Client } from './client.js'
import type { Answer } from './wire.js'

/** All tags of a repository. @throws {REGISTRY_ANSWER_INVALID} and {CONTENT_TOO_LARGE} */
export async function listTags(client: Client, signal: AbortSignal | undefined): Promise<string[]> {
  const tags = new Set<string>()
  for await (const page of pagesOf(client, 'tags/list?n=1000', 'the list of tags', [404], signal)) {
    const list = page.tags ?? []
    if (!Array.isArray(list)) throw invalid(client, 'the list of tags', '`tags` is not a list')
    for (const tag of list) if (isTag(tag)) tags.add(tag)
  }
  return [...tags]
}

/** The pages of a list, each of which names the next one in its `Link`. None if the answer is one of `none`. */
export async function* pagesOf(
  client: Client,
  first: string,
  what: string,
  none: readonly number[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Record<string, unknown>> {
  let next: URL | undefined = client.urlOf(first)
  for (let pages = 0; next !== undefined; pages++) {
    if (pages === MAX_PAGES) throw invalid(client, what, `it has more than ${MAX_PAGES} pages`)
    const answer: Answer = await client.send({
      method: 'GET',
      to: next,
      action: `reading ${what}`,
      ok: [200, ...none],
      signal,
    })
    if (answer.status !== 200) return await answer.drop()
    yield await client.document(answer, what, signal)
    next = nextOf(client, answer, what)
  }
}

/** The next page is of the registry itself: another host is not asked in its name. */
export function nextOf(client: Client, { headers, url }: Answer, what: string): URL | undefined {
  const link = [headers.link ?? []].flat().join(', ')
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link)?.[1]
  if (target === undefined) return undefined
  const next = URL.canParse(target, url.href) ? new URL(target, url) : undefined
  if (next === undefined || !client.isOwn(next))
    throw invalid(client, what, 'its next page is not on the registry')
  return next
}

function invalid({ registry }: Client, what: string, reason: string): Error {
  return errors.REGISTRY_ANSWER_INVALID({ registry, what, reason })
}

const MAX_PAGES = 200
