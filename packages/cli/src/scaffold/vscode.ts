/**
 * What VS Code needs to step through a plugin: F5 builds it with debug information, calls it and stops before the call.
 *
 * @param call the words behind `wasm-plugin run <plugin>`, where `<doc>` is a value that is asked for; `undefined` if nothing can be called
 */
export function vscodeFiles(name: string, call: readonly string[] | undefined): ReadonlyMap<string, string> {
  const asked = (call ?? []).flatMap((word) => PLACE.exec(word)?.[1] ?? [])
  const launch = {
    version: '0.2.0',
    configurations: [...(call === undefined ? [] : [stepping(name, call)]), ATTACHING],
    ...(asked.length > 0 && {
      inputs: asked.map((id) => ({ id, type: 'promptString', description: `${id}, as JSON or WAVE` })),
    }),
  }
  return new Map([
    ['.vscode/launch.json', `${JSON.stringify(launch, null, 2)}\n`],
    ['.vscode/tasks.json', `${JSON.stringify(TASKS, null, 2)}\n`],
  ])
}

const PLACE = /^<(.*)>$/
const BUILD = 'build for debugging'

const COMMON = {
  type: 'node',
  sourceMaps: true,
  // By itself it takes no source map of what is no file of the project, and a module of WebAssembly is none.
  resolveSourceMapLocations: null,
  skipFiles: ['<node_internals>/**'],
}

function stepping(name: string, call: readonly string[]): object {
  const words = call.map((word) => word.replace(PLACE, (_, id: string) => `\${input:${id}}`))
  return {
    name: `Step through ${name}`,
    request: 'launch',
    ...COMMON,
    preLaunchTask: BUILD,
    cwd: FOLDER,
    program: `${FOLDER}/node_modules/@wasm-plugin/cli/bin/wasm-plugin.js`,
    args: ['run', `dist/${name}.wasm`, ...words, '--inspect'],
  }
}

/** Where VS Code puts the folder that is open. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is VS Code that fills it in.
const FOLDER = '${workspaceFolder}'

/** Its port is the one of `node --inspect`. */
const ATTACHING = {
  name: 'Attach to an application under node --inspect',
  request: 'attach',
  ...COMMON,
  port: 9_229,
}

const TASKS = {
  version: '2.0.0',
  tasks: [{ label: BUILD, type: 'shell', command: 'npx wasm-plugin build --mode debug', problemMatcher: [] }],
}
