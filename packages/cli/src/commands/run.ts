import path from 'node:path'
import { createHost } from '@wasm-plugin/host'
import { ComponentError } from '@wasm-plugin/runtime/errors'
import { fakeImports } from '@wasm-plugin/sdk'
import { defineCommand } from '../command.js'
import { type PluginFile, readPlugin } from '../component/read.js'
import { failures, usageErrors } from '../errors/index.js'
import { type RunResult, renderRun } from '../render/run.js'
import { toArguments } from '../run/arguments.js'
import { type ExportedFunction, exportedFunctions, findFunction } from '../run/functions.js'
import { grantOptions, parseTimeout, toGrants } from '../run/grants.js'
import { writeLearned } from '../run/learned.js'
import { showCalls } from '../run/show-calls.js'
import { showUnasked, watchAccess } from '../run/watch.js'
import { formatJson } from '../values/format.js'
import { toJsonValue } from '../values/to-json.js'

export const runCommand = defineCommand({
  name: 'run',
  summary: 'Call one function of a plugin',
  examples: [
    ['wasm-plugin run hello.wasm greet Ada', 'a string'],
    [`wasm-plugin run site.wasm render '{"path": "a.md", "markdown": "# A"}'`, 'a record, as JSON or WAVE'],
    ['wasm-plugin run site.wasm analyze --allow-read ./data', 'with a folder it may read'],
    ['wasm-plugin run site.wasm analyze --allow-write . --learn grants.json', 'what would have been enough'],
  ],
  arguments: {
    plugin: { kind: 'required', description: 'the component' },
    function: {
      kind: 'optional',
      description:
        'namespace:package/interface#function, or what is left of it; without it you are told which there are',
    },
    values: { kind: 'variadic', description: 'one per parameter; see `wasm-plugin help values`' },
  },
  options: {
    ...grantOptions,
    learn: {
      kind: 'value',
      value: 'file',
      description: 'write the smallest grants for this call, of those that it was allowed; `-` shows them',
    },
    timeout: {
      kind: 'value',
      value: 'time',
      description: '500ms, 5s; the plugin is ended then (default: 5s)',
    },
  },

  async run(context, input): Promise<RunResult> {
    const grants = toGrants(input, context, context.progress.line)
    const timeoutMs = input.timeout === undefined ? DEFAULT_TIMEOUT_MS : parseTimeout(input.timeout)
    const plugin = await readPlugin({ file: input.plugin, path: path.resolve(context.cwd, input.plugin) })
    const functions = exportedFunctions(plugin.component.root.type.exports)
    if (input.function === undefined) {
      const choices = functions.map(({ target }) => target)
      throw usageErrors.MISSING_ARGUMENT({ name: 'function', command: 'run', choices })
    }
    const target = findFunction(functions, input.function)
    const args = toArguments(target, input.values)
    const imports = fakeImports(plugin.component.root.type.imports, {}, showCalls(context.progress.line))
    const host = await createHost({ limits: { timeoutMs } })
    try {
      watchAccess(host, context.progress)
      context.progress.busy('Starting', plugin.file)
      const learn = input.learn !== undefined
      const loaded = await host.load(plugin.bytes, { grants, imports, name: nameOf(plugin), learn })
      showUnasked(loaded.grants.unasked, context.progress)
      context.progress.busy('Running', target.target)
      const started = performance.now()
      try {
        const value = await loaded.call(target.target, args, { signal: context.signal })
        const ms = performance.now() - started
        const learned = learn ? { learned: loaded.learned() } : {}
        return { function: target.target, ...answer(target, value), ...learned, ms }
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
      await host.close()
    }
  },

  render: renderRun,
  raw: ['value'],
})

const DEFAULT_TIMEOUT_MS = 5_000

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
