import { stat } from 'node:fs/promises'
import path from 'node:path'
import { createHost } from '@wasm-plugin/host'
import { ComponentError } from '@wasm-plugin/runtime/errors'
import { fakeImports } from '@wasm-plugin/sdk'
import { defineCommand } from '../command.js'
import { BUILT, type PluginFile, readPlugin } from '../component/read.js'
import { failures, usageErrors } from '../errors/index.js'
import { FUEL, fuelProfiled } from '../profile/fuel.js'
import { checkProfileFile, profiled } from '../profile/write-profile.js'
import { checkFolderOf } from '../project/files.js'
import { type RunResult, renderRun } from '../render/run.js'
import { toArguments } from '../run/arguments.js'
import { stopHere, waitForDebugger } from '../run/debugger.js'
import { type ExportedFunction, exportedFunctions, findFunction, programIn } from '../run/functions.js'
import { grantOptions, parseTimeout, toGrants } from '../run/grants.js'
import { writeLearned } from '../run/learned.js'
import { runProgram } from '../run/program.js'
import { showCalls } from '../run/show-calls.js'
import { showUnasked, watchAccess } from '../run/watch.js'
import { formatJson } from '../values/format.js'
import { toJsonValue } from '../values/to-json.js'
import { keepWindow } from '../window/window.js'

export const runCommand = defineCommand({
  name: 'run',
  summary: 'Call one function of a plugin, or run it as a program',
  examples: [
    ['wasm-plugin run hello.wasm greet Ada', 'a string'],
    [`wasm-plugin run site.wasm render '{"path": "a.md", "markdown": "# A"}'`, 'a record, as JSON or WAVE'],
    ['wasm-plugin run site.wasm analyze --allow-read ./data', 'with a folder it may read'],
    ['wasm-plugin run site.wasm analyze --allow-write . --learn grants.json', 'what would have been enough'],
    ['wasm-plugin run sort.wasm -- -r < names.txt', 'a program, with its arguments and its stdin'],
  ],
  arguments: {
    plugin: { kind: 'required', description: 'the component', missing: BUILT },
    function: {
      kind: 'optional',
      description:
        'namespace:package/interface#function, or what is left of it; without it you are told which there are',
      mayBeEmpty: true,
    },
    values: {
      kind: 'variadic',
      mayBeEmpty: true,
      description: 'one per parameter; see `wasm-plugin help values`',
    },
  },
  options: {
    ...grantOptions,
    learn: {
      kind: 'value',
      value: 'file',
      description: 'write the smallest grants for this call, of those that it was allowed; `-` shows them',
    },
    ui: { kind: 'flag', description: 'open a page on this machine first, which shows what the plugin does' },
    inspect: {
      kind: 'flag',
      description: 'wait for a debugger, and stop before the call: see docs/debugging.md',
    },
    profile: {
      kind: 'value',
      value: 'file|fuel',
      description: 'a .cpuprofile for DevTools, an .html with a flame graph, or `fuel`: work by function',
    },
    timeout: {
      kind: 'value',
      value: 'time',
      description: '500ms, 5s; the plugin is ended then (default: 5s, and none for a program)',
    },
  },

  async run(context, input): Promise<RunResult> {
    if (input.profile !== undefined && input.profile !== FUEL) checkProfileFile(input.profile)
    const byFuel = input.profile === FUEL
    for (const file of [byFuel ? undefined : input.profile, input.learn])
      if (file !== undefined && file !== '-') await checkFolderOf(path.resolve(context.cwd, file))
    const grants = {
      ...toGrants(input, context, context.progress.line),
      // So that it is the same each time.
      ...(byFuel && { random: { seed: FUEL } }),
    }
    const plugin = await readPlugin({ file: input.plugin, path: path.resolve(context.cwd, input.plugin) })
    const functions = exportedFunctions(plugin.component.root.type.exports)
    const program = programIn(functions, input.function)
    if (input.function === undefined && program === undefined) {
      const choices = functions.map(({ target }) => target)
      throw usageErrors.MISSING_ARGUMENT({ name: 'function', command: 'run', choices })
    }
    const target = program ?? findFunction(functions, input.function as string)
    const args = program === undefined ? toArguments(target, input.values) : []
    const defaultMs = program === undefined && !input.inspect ? DEFAULT_TIMEOUT_MS : LONGEST_MS
    const timeoutMs = input.timeout === undefined ? defaultMs : parseTimeout(input.timeout)
    const imports = fakeImports(plugin.component.root.type.imports, {}, showCalls(context.progress.line))
    const host = await createHost({ limits: { timeoutMs } })
    try {
      watchAccess(host, context.progress)
      if (input.ui) await keepWindow(host, context)
      if (input.inspect) waitForDebugger(context)
      context.progress.busy('Starting', plugin.file)
      const learn = input.learn !== undefined
      const debug = await debugBeside(path.resolve(context.cwd, input.plugin))
      const given = {
        ...(debug && { debug }),
        ...(byFuel && { profile: 'fuel' as const }),
        stepping: input.inspect,
      }
      const options = { grants, imports, name: nameOf(plugin), learn, ...given }
      const loaded = await host.load(plugin.bytes, options)
      showUnasked(loaded.grants.unasked, context.progress)
      if (program === undefined) context.progress.busy('Running', target.target)
      const started = performance.now()
      try {
        // With a debugger: here breakpoints of the plugin can be set.
        if (input.inspect) stopHere()
        const run = async () =>
          program === undefined
            ? answer(target, await loaded.call(target.target, args, { signal: context.signal }))
            : { ...NOTHING, ...(await runProgram(loaded, [plugin.file, ...wordsOf(input)], context)) }
        const answered =
          input.profile === undefined
            ? await run()
            : await (byFuel
                ? fuelProfiled(loaded, run, context)
                : profiled(loaded, { file: input.profile, work: run }, context))
        const ms = performance.now() - started
        const learned = learn ? { learned: loaded.learned() } : {}
        return { function: target.target, ...answered, ...learned, ms }
      } finally {
        // A call that failed used something too.
        if (input.learn !== undefined) {
          await writeLearned(loaded.learned(), input.learn, context)
          for (const use of loaded.unlearned()) context.progress.line(`not learned: ${use}`)
        }
      }
    } catch (error) {
      throw explain(error, target)
    } finally {
      if (!input.ui) await host.close()
    }
  },

  render: renderRun,
  raw: ['value'],
  isFailure: ({ exitCode = 0 }) => exitCode !== 0,
  exitCode: ({ exitCode }) => exitCode,
})

const DEFAULT_TIMEOUT_MS = 5_000
/** The longest that a timer waits. */
const LONGEST_MS = 2 ** 31 - 1
/** Programs answer with an exit code. */
const NOTHING = { hasValue: false, value: null }

/** Those of the command line behind the plugin. */
const wordsOf = ({ function: first, values }: { function: string | undefined; values: readonly string[] }) =>
  first === undefined ? [] : [first, ...values]

/** What says of a component which lines its code is of, where `wasm-plugin build` puts it. */
async function debugBeside(file: string): Promise<string | undefined> {
  for (const place of [`${file}.debug`, `${file}.map`])
    if ((await stat(place).catch(() => null))?.isFile()) return place
  return undefined
}

const nameOf = ({ manifest, file }: PluginFile) => manifest?.name ?? path.basename(file, '.wasm')

function answer({ type }: ExportedFunction, value: unknown): Pick<RunResult, 'hasValue' | 'value'> {
  // The host answers with the value of `ok`, and throws the value of `err`.
  const answered = type.result?.kind === 'result' ? type.result.ok : type.result
  return answered === null
    ? { hasValue: false, value: null }
    : { hasValue: true, value: toJsonValue(answered, value) }
}

/** Gives the outcome that only `run` has its code; the rest have theirs. */
function explain(error: unknown, { target, type }: ExportedFunction): unknown {
  if (!ComponentError.is(error)) return error
  const err = type.result?.kind === 'result' ? type.result.err : null
  const payload = err === null ? null : toJsonValue(err, error.payload)
  return failures.RESULT_ERROR(
    { function: target, payload, shown: err === null ? '' : formatJson(payload) },
    error,
  )
}
