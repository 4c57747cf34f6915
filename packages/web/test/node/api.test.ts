import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'

const entry = (name: string) => fileURLToPath(new URL(`../../../${name}/dist/index.d.ts`, import.meta.url))

/** What an index exports, each as where it comes from; types are marked. */
function exportsOf(file: string): Map<string, string> {
  const source = ts.createSourceFile(path.basename(file), ts.sys.readFile(file) ?? '', ts.ScriptTarget.Latest)
  const found = new Map<string, string>()
  source.forEachChild((node) => {
    if (!ts.isExportDeclaration(node) || !node.exportClause || !ts.isNamedExports(node.exportClause)) return
    const from = (node.moduleSpecifier as ts.StringLiteral | undefined)?.text ?? ''
    for (const { name, isTypeOnly } of node.exportClause.elements)
      found.set(name.text, `${node.isTypeOnly || isTypeOnly ? 'type ' : ''}${from}`)
  })
  return found
}

it('the host for pages has the names of the host for Node, from the same packages', () => {
  const node = exportsOf(entry('host'))
  const web = exportsOf(entry('web'))
  const own = new Set(['ACCESS_CHANNEL'])
  expect([...web.keys()].sort()).toEqual(
    [...[...node.keys()].filter((name) => !own.has(name)), 'WebHostOptions'].sort(),
  )
  for (const [name, from] of node)
    if (from.includes('@wasm-plugin/')) expect([name, web.get(name)]).toEqual([name, from])
})
