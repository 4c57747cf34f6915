// Runs every random test longer and from a seed that nobody chose. What it finds becomes a case of the test, and the seed
// goes: `npm run fuzz`, `npm run fuzz -- --times 100 packages/host/test/attacks/denials.test.ts`, `-- --seed 7 …` again.
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { build } from './build.mjs'
import { inRoot, packages, root } from './lib/paths.mjs'
import { report } from './lib/report.mjs'
import { script, succeeds } from './lib/run.mjs'
import { rustEnv } from './lib/rust.mjs'
import { setUpWasmtime } from './lib/wasmtime.mjs'
import { setup } from './setup.mjs'

const VITEST = inRoot('node_modules/vitest/vitest.mjs')
const FOLDERS = [...packages.map((name) => `packages/${name}`), 'test/conformance']
/** Random tests, and only those, import the seed of the run. */
const IS_RANDOM = /from '[./]+\/(?:test\/)?(?:seed|property)\.js'/

await script(async () => {
  const { values, positionals: wanted } = parseArgs({
    options: { seed: { type: 'string' }, times: { type: 'string', default: '20' } },
    allowPositionals: true,
  })
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
  const times = Number(values.times)
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(times) || times < 1)
    throw new Error('--seed and --times are whole numbers')
  const random = (await Promise.all(FOLDERS.map(randomTests))).flat()
  const unknown = wanted.find((name) => !random.some(({ file }) => file === name))
  if (unknown !== undefined)
    throw new Error(
      `${unknown} is no random test; these are:\n${random.map(({ file }) => `  ${file}`).join('\n')}`,
    )
  const chosen = random.filter(({ file }) => wanted.length === 0 || wanted.includes(file))
  const { rust } = await setup()
  await build({ rust })
  await setUpWasmtime()

  report('Seed', `${seed}, ${times} times as many tries as in npm test`)
  const env = { FUZZ_SEED: String(seed), FUZZ_TIMES: String(times), ...(rust ? await rustEnv() : {}) }
  const failed = []
  for (const { folder, file } of chosen) {
    report('Fuzzing', file)
    const args = [VITEST, 'run', '--testTimeout=0', '--hookTimeout=0', path.relative(folder, file)]
    if (!(await succeeds(process.execPath, args, { cwd: inRoot(folder), env, show: true }))) failed.push(file)
  }
  if (failed.length === 0) return report('Passed', `with seed ${seed}`)
  process.exitCode = 1
  for (const file of failed)
    report('Failed', `again with \`npm run fuzz -- --seed ${seed} --times ${times} ${file}\``)
})

async function randomTests(folder) {
  const names = (await readdir(inRoot(folder), { recursive: true }))
    .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
    .sort()
  const files = names.map((name) => path.join(inRoot(folder), name))
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  return files
    .filter((_, index) => IS_RANDOM.test(texts[index]))
    .map((file) => ({ folder, file: path.relative(root, file).replaceAll('\\', '/') }))
}
