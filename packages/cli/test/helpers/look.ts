import { onTestFinished } from 'vitest'

/** Opens a window by its address, as a page does. */
export async function look(url: string) {
  const { origin, hash } = new URL(url)
  const ending = new AbortController()
  onTestFinished(() => ending.abort())
  const headers = { authorization: `Bearer ${hash.slice(1)}` }
  const response = await fetch(`${origin}/events`, { headers, signal: ending.signal })
  const lines = linesOf(response.body as AsyncIterable<Uint8Array>)
  return {
    status: response.status,
    /** Reads on until a line has a match, and gives that; undefined where the window ends before. */
    async until(pattern: RegExp): Promise<string | undefined> {
      for (;;) {
        const { value, done } = await lines.next()
        if (done) return undefined
        const [match] = pattern.exec(value) ?? []
        if (match !== undefined) return match
      }
    },
  }
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
