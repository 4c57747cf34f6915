import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { newProject } from '../helpers/project.js'
import { startCli } from '../helpers/start-cli.js'

const ENTRY = 'src/plugin.wat'
const BUILT = /Built dist\/hello\.wasm \d+\.\d kB in \d[^\n]*\n/
const host = import.meta.resolve('@wasm-plugin/host')

/** Greets for ever, with what the plugin is by then. */
const APP = `import { createHost } from ${JSON.stringify(host)}
const host = await createHost()
const plugin = await host.load('dist/hello.wasm')
const { greet } = plugin.exports['example:greeter/greetings']
let last
process.on('SIGTERM', async () => {
  await host.close()
  console.log('app: closed')
  process.exit()
})
for (;;) {
  const greeting = await greet('Ada')
  if (greeting !== last) console.log('app: ' + greeting)
  last = greeting
  await new Promise((resolve) => setTimeout(resolve, 20))
}
`

it('brings every change into a running application, and ends it', async () => {
  const dir = await newProject('wat')
  const entry = path.join(dir, ENTRY)
  const good = readFileSync(entry, 'utf8')
  writeFileSync(path.join(dir, 'app.mjs'), APP)
  const cli = startCli(['dev', '--no-test', '--app', 'node app.mjs'], { cwd: dir })
  await cli.until(BUILT)
  await cli.until(/app: Hello, Ada!/)
  writeFileSync(entry, good.replace('"Hello, !"', '"Howdy, !"'))
  await cli.until(/app: Howdy, Ada!/)
  writeFileSync(entry, '(module\n  (func (expo "x")))')
  await cli.until(/error\[WAT_SYNTAX\]/)
  writeFileSync(entry, good.replace('"Hello, !"', '"Salve, !"'))
  await cli.until(/app: Salve, Ada!/)
  expect(await cli.interrupt()).toBe(130)
  await cli.until(/app: closed/)
})

it('runs the tests of the project after each build', async () => {
  const dir = await newProject('wat')
  const entry = path.join(dir, ENTRY)
  const good = readFileSync(entry, 'utf8')
  const cli = startCli(['dev'], { cwd: dir })
  await cli.until(/pass \d/)
  writeFileSync(entry, good.replace('"Hello, !"', '"Howdy, !"'))
  await cli.until(/fail [1-9]/)
  rmSync(path.join(dir, 'test'), { recursive: true })
  await cli.until(BUILT)
  expect(await cli.interrupt()).toBe(130)
})

it('says that an application ended, and starts it again with the next build', async () => {
  const dir = await newProject('wat')
  const entry = path.join(dir, ENTRY)
  const cli = startCli(['dev', '--no-test', '--app', 'echo app: $WASM_PLUGIN_DEV; exit 3'], { cwd: dir })
  await cli.until(/app: 1/)
  await cli.until(/Ended echo app: .* \(3\)/)
  writeFileSync(entry, `${readFileSync(entry, 'utf8')}\n;; changed\n`)
  await cli.until(/app: 1/)
  expect(await cli.interrupt()).toBe(130)
})
