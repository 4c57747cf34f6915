// Writes the figures of docs/comparison.md from what `npm run bench -- --json FILE` wrote: node scripts/comparison.mjs FILE
import { readFile, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { inRoot } from './lib/paths.mjs'
import { script } from './lib/run.mjs'

const PAGE = inRoot('docs/comparison.md')
const PART = /(<!-- figures: [^\n]*-->\n).*(<!-- end of figures -->)/s

/** Rows that say most, by what they are called in the bench. */
const TABLES = [
  {
    title: 'In the thread of the caller. `raw` is the core module called by hand, without any check.',
    peers: { raw: 'raw', jco: 'jco', extism: 'Extism', vscode: 'VS Code' },
    rows: [
      'scalar call',
      'string 16 B echo',
      'string 64 KiB echo',
      'list<u8> 1 MiB echo',
      'record of 6 fields echo',
      'list<record> x1000 echo',
      'result err',
      'guest to host, scalar',
      'instantiate',
      'load 44 kB to first call',
      'load 1 MB to first call',
      'load 11 MB to first call',
    ],
  },
  {
    title:
      'In a thread. `postMessage` is a bare worker that sends back what it is sent, `worker` the start of one.',
    peers: { postMessage: 'postMessage', worker: 'worker', extism: 'Extism' },
    rows: [
      'thread call, scalar',
      'thread call, string of 16 B',
      'thread call, 1 MiB list<u8>',
      'thread call, 64 at once, each',
      'thread start, cold',
      'thread start, warm',
    ],
  },
  {
    title: 'The system, every use decided by the grants. `node:wasi` runs the same guest as a core module.',
    peers: { 'node:wasi': 'node:wasi', 'jco + preview2-shim': 'jco and preview2-shim' },
    rows: ['open, read 4 KiB, close', 'stat', 'readdir of 1,000 entries', 'random 32 B', 'clock now'],
  },
]

await script(async () => {
  const [file] = process.argv.slice(2)
  if (file === undefined) throw new Error('say which file of `npm run bench -- --json FILE` has the figures')
  const results = new Map(JSON.parse(await readFile(file, 'utf8')).map((row) => [row.name, row]))
  const { major } = /(?<major>\d+)/.exec(process.versions.node).groups
  const head = `One run on ${os.availableParallelism()} processors, Node ${major}; in brackets, times ours.`
  const part = [head, ...TABLES.map((table) => tableOf(table, results))].join('\n\n')
  const page = await readFile(PAGE, 'utf8')
  await writeFile(
    PAGE,
    page.replace(PART, (_, before, after) => `${before}\n${part}\n\n${after}`),
  )
})

function tableOf({ title, peers, rows }, results) {
  const lines = rows.map((name) => {
    const row = results.get(name)
    if (row === undefined) throw new Error(`the bench has no row "${name}"`)
    const figures = Object.keys(peers).map((peer) => figureOf(row, row.peers[peer]))
    return [name, `${row.ours} ${row.unit}`, ...figures]
  })
  const head = ['', 'here', ...Object.values(peers)]
  const all = [head, head.map(() => '---'), ...lines]
  return `${title}\n\n${all.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`
}

function figureOf({ ours, unit }, figure) {
  return figure == null ? '–' : `${figure} ${unit} (${Number((figure / ours).toPrecision(2))})`
}
