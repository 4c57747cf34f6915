import { mkdirSync, realpathSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder } from './project.js'

/** A JavaScript or TypeScript project with these files and these packages, of those that this package is tested with. */
export function makeScriptProject(
  files: Record<string, string>,
  packages: readonly string[] = ['esbuild', 'componentize-qjs'],
): string {
  const dependencies = JSON.stringify(Object.fromEntries(packages.map((name) => [name, '*'])))
  const dir = makeFolder({
    'package.json': `{ "type": "module", "devDependencies": ${dependencies} }`,
    ...files,
  })
  for (const name of packages) {
    const link = join(dir, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(realpathSync(fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url))), link)
  }
  return dir
}
