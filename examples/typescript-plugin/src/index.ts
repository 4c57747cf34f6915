import { log } from 'acme:site/log'
import { Marked } from 'marked'
import type { Exports, Heading } from './gen/world.js'
import { escapeHtml, isSafeUrl } from './safe.js'

export const render: Exports['render'] = {
  render({ path, markdown }) {
    const headings: Heading[] = []
    const marked = new Marked({
      gfm: true,
      renderer: {
        heading({ tokens, depth }) {
          const text = this.parser.parseInline(tokens, this.parser.textRenderer)
          const anchor = freeAnchor(text, headings)
          headings.push({ level: depth, text, anchor })
          return `<h${depth} id="${anchor}">${this.parser.parseInline(tokens)}</h${depth}>\n`
        },
        // Documents may come from anybody, and the contract allows no scripts.
        html: ({ text }) => escapeHtml(text),
        link({ href, tokens }) {
          const text = this.parser.parseInline(tokens)
          if (isSafeUrl(href)) return `<a href="${escapeHtml(href)}">${text}</a>`
          log('warn', `${path}: left out a link to ${href}`)
          return text
        },
        image: ({ href, text }) =>
          isSafeUrl(href) ? `<img src="${escapeHtml(href)}" alt="${escapeHtml(text)}">` : escapeHtml(text),
      },
    })
    const html = marked.parse(markdown, { async: false })
    return { title: headings.find(({ level }) => level === 1)?.text, html, headings }
  },
}

/** Lower-case words with hyphens, unique within the page. */
function freeAnchor(text: string, taken: readonly Heading[]): string {
  const base =
    text
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.join('-') ?? 'section'
  let anchor = base
  for (let i = 2; taken.some((heading) => heading.anchor === anchor); i++) anchor = `${base}-${i}`
  return anchor
}
