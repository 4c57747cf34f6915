/** What is known of a document once the plugins have seen it. */
export interface Article {
  /** Of the document, such as `guide/start.md`. */
  path: string
  title: string
  /** From the renderer: an HTML fragment. */
  html: string
  /** From the analyzer; `undefined` when it failed on this document. */
  insights: { words: number; readingMinutes: number; toc: string; note?: string | undefined } | undefined
}

/** Where the page of a document is, below the site's folder. */
export function pagePath(path: string): string {
  return path.replace(/\.[^./]+$/, '.html')
}

export function articlePage({ path, title, html, insights }: Article): string {
  const up = '../'.repeat(path.split('/').length - 1)
  const toc = insights?.toc
    ? `<nav class="toc" aria-label="Contents"><h2>Contents</h2>${insights.toc}</nav>`
    : ''
  const note = insights?.note ? `<p>${escapeHtml(insights.note)}</p>` : ''
  return document(title, up, [
    `<header class="bar"><a href="${up}index.html">All documents</a><span>${escapeHtml(path)}</span></header>`,
    `<div class="columns">${toc}<main>`,
    `<p class="facts">${insights ? facts(insights) : ''}</p>`,
    `<article>${html}</article></main></div>`,
    `<footer>${note}</footer>`,
  ])
}

export function indexPage(articles: readonly Article[]): string {
  const words = articles.reduce((sum, { insights }) => sum + (insights?.words ?? 0), 0)
  const rows = articles.map((article) => {
    const { path, title, insights } = article
    const link = `<a href="${encodeURI(pagePath(path))}">${escapeHtml(title)}</a>`
    return `<li>${link}<span class="path">${escapeHtml(path)}</span><span class="facts">${insights ? facts(insights) : ''}</span></li>`
  })
  return document('All documents', '', [
    '<main class="index"><h1>All documents</h1>',
    `<p class="facts">${count(articles.length, 'document')}, ${count(words, 'word')}</p>`,
    `<ol>${rows.join('\n')}</ol></main>`,
  ])
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Plugins promise fragments without scripts; the policy makes sure of it in every browser. */
function document(title: string, up: string, body: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src https: http:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${up}style.css">
</head>
<body>
${body.join('\n')}
</body>
</html>
`
}

function facts({ words, readingMinutes }: { words: number; readingMinutes: number }): string {
  return `${count(words, 'word')} · ${readingMinutes} min read`
}

function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`
}
