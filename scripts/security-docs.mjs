// Writes the tables of docs/security.md from the tests that hold the attacks. `check` compares instead.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { inRoot, root } from './lib/paths.mjs'
import { report } from './lib/report.mjs'
import { script } from './lib/run.mjs'

const FILE = inRoot('docs/security.md')
const SUITES = ['wasi', 'embed', 'host', 'web', 'gateway', 'inspector', 'plugin-sdk', 'registry', 'cli'].map(
  (name) => inRoot('packages', name, 'test'),
)
const MARKED = /(<!-- attacks ([A-Z]) -->\n)[\s\S]*?(\n<!-- end -->)/g

/** Every call of `attack` in the tests: `{ id, attempt, outcome, file }`, in the order of the ids. */
export async function attacks() {
  const found = new Map()
  for (const file of await testFiles()) {
    for (const [id, attempt, outcome] of callsOfAttack(file, await readFile(file, 'utf8'))) {
      if (found.has(id)) throw new Error(`${file}: attack ${id} is in ${found.get(id).file} too`)
      found.set(id, { id, attempt, outcome, file: path.relative(root, file).replaceAll('\\', '/') })
    }
  }
  const number = ({ id }) => Number(id.slice(1))
  return [...found.values()].sort((a, b) => a.id.charCodeAt(0) - b.id.charCodeAt(0) || number(a) - number(b))
}

export async function securityDocs() {
  const rows = await attacks()
  const page = await readFile(FILE, 'utf8')
  const marked = new Set([...page.matchAll(MARKED)].map((match) => match[2]))
  const lost = rows.find(({ id }) => !marked.has(id[0]))
  if (lost !== undefined) throw new Error(`docs/security.md has no place for attacks ${lost.id[0]}`)
  return page.replaceAll(
    MARKED,
    (_, start, letter, end) => `${start}\n${table(rows.filter(({ id }) => id[0] === letter))}\n${end}`,
  )
}

export async function checkSecurityDocs() {
  if ((await readFile(FILE, 'utf8')) !== (await securityDocs())) {
    throw new Error('docs/security.md does not match the tests: run `node scripts/security-docs.mjs`')
  }
}

async function testFiles() {
  const lists = await Promise.all(
    SUITES.map(async (folder) =>
      (await readdir(folder, { recursive: true })).map((name) => path.join(folder, name)),
    ),
  )
  return lists.flat().filter((file) => file.endsWith('.test.ts'))
}

function* callsOfAttack(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
  const pending = [source]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    ts.forEachChild(node, (child) => void pending.push(child))
    if (!ts.isCallExpression(node) || node.expression.getText(source) !== 'attack') continue
    const words = node.arguments.slice(0, 3)
    if (words.length < 3 || !words.every(ts.isStringLiteralLike))
      throw new Error(`${file}: the id, the attempt and the outcome of an attack are plain strings`)
    yield words.map((word) => word.text)
  }
}

function table(rows) {
  const lines = rows.map(({ id, attempt, outcome, file }) => {
    const [tries, comes] = [attempt, outcome].map((words) => words.replaceAll('|', '\\|'))
    const name = path.basename(file, '.test.ts')
    return `| ${id} | ${tries} | ${comes} | [${name}](../${file}) |`
  })
  return ['| | what a plugin tries | what comes of it | test |', '| --- | --- | --- | --- |', ...lines].join(
    '\n',
  )
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await script(async () => {
    await writeFile(FILE, await securityDocs())
    report('Wrote', 'docs/security.md')
  })
}
