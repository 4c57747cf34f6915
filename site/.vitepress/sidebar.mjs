import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const read = (page) => readFileSync(fileURLToPath(new URL(`../../docs/${page}`, import.meta.url)), 'utf8')

/** As the indexes have them: a group per reader, a page per link of its table. */
export const sidebar = [
  ...groupsOf(read('README.md')),
  {
    text: 'Recipes',
    link: '/recipes/',
    collapsed: true,
    items: pagesOf(read('recipes/README.md'), '/recipes'),
  },
  {
    text: 'Why it is so',
    link: '/design/',
    collapsed: true,
    items: pagesOf(read('design/README.md'), '/design'),
  },
]

function groupsOf(index) {
  return index
    .split(/^## /m)
    .slice(1)
    .map((section) => ({ text: section.slice(0, section.indexOf('\n')), items: pagesOf(section, '') }))
}

function pagesOf(section, folder) {
  const firsts = section.split('\n').flatMap((line) => (line.startsWith('| [') ? [line.split(' | ')[0]] : []))
  const links = firsts.flatMap((cell) => [...cell.matchAll(/\[([^\]]+)\]\((?!\.\.)([^)]+)\.md\)/g)])
  return links.map(([, text, page]) => ({ text, link: `${folder}/${page.replace(/README$/, '')}` }))
}
