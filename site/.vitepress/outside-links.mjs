/**
 * Has links that lead out of `docs` lead to the repository, as they do where it is read on a forge.
 *
 * @param markdown the markdown-it of the site
 * @param base the files of the repository, without a slash at the end
 */
export function outsideLinks(markdown, base) {
  markdown.core.ruler.push('outside-links', ({ tokens, env }) => {
    const depth = env.relativePath.split('/').length - 1
    for (const { children } of tokens)
      for (const token of children ?? []) {
        const href = token.type === 'link_open' ? token.attrGet('href') : null
        if (href?.startsWith('..')) token.attrSet('href', resolved(href, depth, base))
      }
  })
}

/** The same link, unless it climbs out of as many folders as there are. */
function resolved(href, depth, base) {
  const climbs = /^(\.\.\/)+/.exec(href)?.[0] ?? ''
  return climbs.length / 3 > depth ? `${base}/${href.slice(climbs.length)}` : href
}
