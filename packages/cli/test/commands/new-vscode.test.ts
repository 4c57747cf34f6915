import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, inject, it } from 'vitest'
import { runDebugged } from '../helpers/debugged-run.js'
import { newProject } from '../helpers/project.js'
import { runCli } from '../helpers/run-cli.js'
import { tempDir } from '../helpers/temp-dir.js'

const read = (dir: string, file: string) => JSON.parse(readFileSync(path.join(dir, '.vscode', file), 'utf8'))

const BUILT = 'dist/hello.wasm'

/** What VS Code starts in a folder by the first configuration. */
function started(dir: string): string[] {
  const [launch] = read(dir, 'launch.json').configurations
  return [launch.program, ...launch.args].map((word: string) => word.replace(/^\$\{workspaceFolder\}/, dir))
}

/** The plugin in a language that takes no compiler: its contract is the same in all. */
async function putBuilt(dir: string): Promise<void> {
  const greeter = await newProject('wat')
  expect((await runCli(['build'], { cwd: greeter })).exitCode).toBe(0)
  mkdirSync(path.join(dir, 'dist'), { recursive: true })
  copyFileSync(path.join(greeter, BUILT), path.join(dir, BUILT))
}

it.each(['rust', 'assemblyscript', 'ts', 'js', 'c', 'cpp', 'wat'])(
  'a new project in %s has a configuration of VS Code that stops before the call of its plugin',
  async (language) => {
    const dir = await newProject(language)
    const [launch, attach] = read(dir, 'launch.json').configurations
    const task = read(dir, 'tasks.json').tasks[0]
    expect(launch).toMatchObject({ type: 'node', request: 'launch', preLaunchTask: task.label })
    expect(attach).toMatchObject({ type: 'node', request: 'attach', port: 9229 })
    for (const each of [launch, attach])
      expect(each).toMatchObject({ sourceMaps: true, resolveSourceMapLocations: null })
    await putBuilt(dir)
    expect(await runDebugged(started(dir), dir)).toMatchObject({
      exitCode: 0,
      before: '',
      stdout: '"Hello, Ada!"\n',
    })
  },
)

it('builds what is stepped through with debug information', async () => {
  const dir = await newProject('assemblyscript')
  const [, , ...args] = read(dir, 'tasks.json').tasks[0].command.split(' ')
  expect((await runCli(args, { cwd: dir })).exitCode).toBe(0)
  const { exitCode, symbols } = await runDebugged(started(dir), dir)
  expect(exitCode).toBe(0)
  expect(symbols.some((each) => each.includes('SourceMap'))).toBe(true)
})

it('asks for the values of a contract that is given', async () => {
  const cwd = tempDir()
  const wit = path.join(inject('kitchen'), 'wit')
  await runCli(['new', 'cook', '--lang', 'rust', '--wit', wit, '--world', 'cook'], { cwd })
  const { configurations, inputs = [] } = read(path.join(cwd, 'cook'), 'launch.json')
  const asked = inputs.map(({ id }: { id: string }) => `\${input:${id}}`)
  expect(configurations[0].args).toEqual(['run', 'dist/cook.wasm', expect.any(String), ...asked, '--inspect'])
})
