import type { Target } from '../http/target.js'

/**
 * The arguments of a program: the path and each part of the query, none of them decoded. In a template `${SCRIPT_NAME}` is the
 * path and `${ARGS}` are the parts of the query; what is between spaces is one argument.
 */
export function argumentsOf({ path, query }: Target, template: string | undefined): string[] {
  const parts = query === '' ? [] : query.slice(1).split('&')
  if (template === undefined) return [path, ...parts]
  return template
    .split(/\s+/)
    .filter((word) => word !== '')
    .flatMap((word) => (word === ARGS ? parts : [filled(word, path, parts)]))
}

/** What stands for the parts of the query. */
const ARGS = `\${ARGS}`

function filled(word: string, path: string, parts: readonly string[]): string {
  return word.replace(/\$\{(SCRIPT_NAME|ARGS)\}/g, (_, name) => (name === 'ARGS' ? parts.join(' ') : path))
}
