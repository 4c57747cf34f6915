import type { ManifestRequests } from '@wasm-plugin/manifest'
import { defineErrors, describeErrors, type ErrorRow } from '@wasm-plugin/runtime/errors'

const row = <D>(r: ErrorRow<D>): ErrorRow<D> => r
const list = (names: readonly string[]) =>
  names.length === 0 ? 'nothing' : names.map((n) => `"${n}"`).join(', ')

const BUDGETS = {
  threads: 'threads',
  processes: 'processes',
  memoryBytes: 'bytes of linear memory',
  queuedCalls: 'waiting calls',
} as const

/** Every code that loading, calling and closing a plugin can throw. Codes are permanent: add, never rename. */
export const hostErrorTable = {
  OPTIONS_INVALID: row<{ path: string; reason: string; fix?: string | undefined }>({
    origin: 'app',
    summary:
      'An option of `createHost`, `load`, `inspect`, `call` or `with`, or an event, is unknown or has the wrong type.',
    message: (d) => `invalid option ${d.path}: ${d.reason}`,
    hint: (d) =>
      d.fix ?? 'The documentation of the function says of each option what it takes, and in which unit.',
  }),
  FILE_NOT_FOUND: row<{ path: string }>({
    origin: 'app',
    summary: 'The plugin file does not exist.',
    message: (d) => `there is no plugin at ${d.path}`,
    hint: 'Check the path; `wasm-plugin build` prints where it wrote the component.',
  }),
  SOURCE_UNREADABLE: row<{ source: string; reason: string }>({
    origin: 'app',
    summary: 'The plugin cannot be read from there: a file, a server or a form of address.',
    message: (d) => `cannot read the plugin from ${d.source}: ${d.reason}`,
    hint: 'Pass a path, a `file:` or `https:` URL, a response of `fetch`, the bytes of the component, or the name of a plugin in a registry.',
  }),
  REGISTRY_MISSING: row<{ reference: string }>({
    origin: 'app',
    summary: 'A plugin was named as registries name them, and the host was given no registry.',
    message: (d) => `"${d.reference}" names a plugin in a registry, and this host has none`,
    hint: 'Install `@wasm-plugin/registry` and pass `registry: await createRegistry()` to `createHost`. For a file of that name, put `./` before it.',
  }),
  INTEGRITY_MISMATCH: row<{ expected: string; found: string }>({
    origin: 'plugin',
    summary: 'The digest of the component is not the one that was asked for.',
    message: (d) => `the component has digest ${d.found}, expected ${d.expected}`,
    hint: 'The file changed since it was pinned. Review the new version, then pin its digest.',
  }),
  PLUGIN_NAME_TAKEN: row<{ name: string }>({
    origin: 'app',
    summary: 'Two plugins of one host have the same name.',
    message: (d) => `a plugin named "${d.name}" is already loaded`,
    hint: 'Give this one another `name`, or close the other first.',
  }),
  NOT_ISOLATED: row<{ missing: readonly string[]; at?: string }>({
    origin: 'app',
    summary:
      'A page that shares no memory with its threads loaded a plugin into one, and the browser cannot suspend it, or it is granted files that are written.',
    message: (d) =>
      `${d.at === undefined ? 'a thread of its own needs' : `the files at "${d.at}" need`} shared memory, and this page lacks ${list(d.missing)}`,
    hint: "Serve the page with what is missing, or load the plugin with `isolation: 'inline'`.",
  }),
  IMPORT_NOT_GRANTED: row<{ name: string; plugin: string; fix: string }>({
    origin: 'plugin',
    summary: 'The plugin imports an interface that is neither provided by the application nor granted.',
    message: (d) => `plugin "${d.plugin}" imports "${d.name}", which is neither provided nor granted`,
    hint: (d) => d.fix,
  }),
  CAPABILITY_FAILED: row<{ capability: string; method: string; reason: string }>({
    origin: 'app',
    summary: 'A method of a capability of the application threw, or answered something else than it should.',
    message: (d) => `\`${d.method}\` of the capability "${d.capability}" ${d.reason}`,
    hint: 'The type `Capability` says what its methods answer. They answer at once: what takes time is done before.',
  }),
  IMPORT_MISMATCH: row<{ plugin: string; name: string; func: string; difference: string }>({
    origin: 'plugin',
    summary: 'The plugin imports a function of WASI with another signature than WASI gives it.',
    message: (d) =>
      `plugin "${d.plugin}" imports "${d.func}" of "${d.name}" as WASI does not have it: ${d.difference}`,
    hint: 'Build the plugin with the WIT that WASI publishes, for the version that it names; `wasm-plugin inspect` shows what it imports.',
  }),
  HOST_FUNCTION_MISSING: row<{ name: string; plugin: string; property: string }>({
    origin: 'app',
    summary: 'The application provides an interface, but not every function of it that the plugin imports.',
    message: (d) =>
      `plugin "${d.plugin}" imports "${d.name}", and the provided interface has no such function`,
    hint: (d) =>
      `Add \`${d.property}\` to the object in \`imports\`; \`wasm-plugin types\` writes all of its names.`,
  }),
  CONTRACT_MISMATCH: row<{ plugin: string; missing: string; exports: readonly string[] }>({
    origin: 'plugin',
    summary: 'The plugin does not export what the application expects: it was built for another contract.',
    message: (d) => `plugin "${d.plugin}" does not export "${d.missing}"; it exports ${list(d.exports)}`,
    hint: 'Build the plugin for the WIT world of this application; `wasm-plugin validate` shows every difference.',
  }),
  GRANT_NEEDS_THREAD: row<{ grant: string; plugin: string }>({
    origin: 'app',
    summary: "A plugin in the application's thread is granted something that would have to be waited for.",
    message: (d) =>
      `plugin "${d.plugin}" is loaded inline and granted "${d.grant}", which needs a thread of its own`,
    hint: "Leave `isolation: 'inline'` out, or leave the grant out and offer what is needed in `imports`.",
  }),
  GRANT_NEEDS_MEMORY: row<{ plugin: string; at: string }>({
    origin: 'app',
    summary: 'A plugin in a process of its own is granted files in memory, which processes do not share.',
    message: (d) =>
      `plugin "${d.plugin}" is loaded into a process of its own and granted a volume in memory at "${d.at}"`,
    hint: "Grant a directory or `scratch` there, or leave `isolation: 'process'` out.",
  }),
  PROCESS_UNAVAILABLE: row<{ reason: string }>({
    origin: 'app',
    summary: 'A plugin was to have a process of its own, and none can be started here.',
    message: (d) => `no process can be started for the plugin: ${d.reason}`,
    hint: "Leave `isolation: 'process'` out, or allow the application to start processes.",
  }),
  WATCH_UNAVAILABLE: row<{ path: string }>({
    origin: 'app',
    summary: 'A file was to be watched where there are no files.',
    message: (d) => `${d.path} cannot be watched: there are no files here`,
    hint: 'Call `plugin.update` with what is new.',
  }),
  PROFILER_UNAVAILABLE: row<{ name: string; reason: string }>({
    origin: 'app',
    summary: 'A plugin was to be profiled where nothing can look at what its thread does.',
    message: (d) => `plugin "${d.name}" cannot be profiled: ${d.reason}`,
    hint: "Profile it in Node, in a thread or with `isolation: 'inline'`; for one in a process of its own, with Node 24.8 or later.",
  }),
  FUEL_NOT_COUNTED: row<{ name: string }>({
    origin: 'app',
    summary: 'It was asked what functions of a plugin use of its fuel that was not loaded to count that.',
    message: (d) => `plugin "${d.name}" was not loaded with \`profile: 'fuel'\``,
    hint: "Load it with `profile: 'fuel'`.",
  }),
  PROFILE_RUNNING: row<{ name: string }>({
    origin: 'app',
    summary: 'A plugin was to be profiled that is being profiled.',
    message: (d) => `plugin "${d.name}" is being profiled already`,
    hint: 'Wait for the profile that runs, then begin the next one.',
  }),
  NOT_LEARNING: row<{ name: string }>({
    origin: 'app',
    summary: 'What a plugin needs was asked of one that was not loaded to find out.',
    message: (d) => `plugin "${d.name}" was not loaded with \`learn: true\``,
    hint: 'Load it with `learn: true` and with grants that are wide enough for what it does.',
  }),
  AUDIT_UNWRITABLE: row<{ file: string; reason: string }>({
    origin: 'app',
    summary: 'The audit file cannot be opened for appending, so the plugin was not started.',
    message: (d) => `cannot write the audit file ${d.file}: ${d.reason}`,
    hint: 'Name a regular file in a directory that exists and that this process may write to.',
  }),
  AUDIT_UNSAFE: row<{ file: string; grant: string }>({
    origin: 'app',
    summary: 'The audit file lies where the plugin that it is about may write.',
    message: (d) => `the plugin could rewrite the audit file ${d.file} through its grant "${d.grant}"`,
    hint: 'Put the file outside of every directory that the plugin is granted for writing.',
  }),
  UNKNOWN_EXPORT: row<{ name: string; known: readonly string[]; more: number }>({
    origin: 'app',
    summary: 'A call names an export that the plugin does not have.',
    message: (d) =>
      `the plugin has no export "${d.name}"; it has ${list(d.known)}${d.more > 0 ? ` and ${d.more} more` : ''}`,
    hint: 'Write an export as `namespace:package/interface#function`; `wasm-plugin inspect` lists them.',
  }),
  ARGUMENT_COUNT: row<{ export: string; expected: number; found: number }>({
    origin: 'app',
    summary: 'A call has too few or too many arguments.',
    message: (d) => `${d.export} takes ${d.expected} argument(s), got ${d.found}`,
    hint: 'Match the signature in the WIT.',
  }),
  UNSUPPORTED_IN_WORKER: row<{ name: string; reason: string }>({
    origin: 'app',
    summary: 'A part of the contract needs the plugin and the application to share a thread.',
    message: (d) => `"${d.name}" cannot be used with worker isolation: ${d.reason}`,
    hint: "Load the plugin with `isolation: 'inline'`, or keep that resource out of the contract.",
  }),
  RESOURCE_UNREACHABLE: row<{ resource: string; reason: string }>({
    origin: 'app',
    summary: 'A resource of the plugin was used that lives in another instance, or in one that has ended.',
    message: (d) => `this ${d.resource} cannot be used: ${d.reason}`,
    hint: 'Make the resource again after a fault, and pass only resources of one instance to a call.',
  }),
  DEADLINE_EXCEEDED: row<{
    timeoutMs: number
    /** The limit that was reached. @default timeoutMs */
    limit?: 'startMs'
    /** The function of the application that the plugin was waiting for most of that time. */
    hostFunction?: string
  }>({
    origin: (d) => (d.hostFunction === undefined ? 'plugin' : 'app'),
    summary:
      'A call, or the start of the plugin, took longer than its deadline. The instance was ended. The origin is `app` when a function of the application had not answered.',
    message: (d) =>
      `no answer within ${d.timeoutMs} ms${d.hostFunction === undefined ? '' : `: the plugin waits for ${d.hostFunction} of the application`}`,
    hint: (d) =>
      d.hostFunction === undefined
        ? `Raise \`${d.limit ?? 'timeoutMs'}\` ${d.limit === undefined ? 'for this call or in `limits` (`--timeout` of `wasm-plugin run`)' : 'in `limits`'} if the plugin may take that long.`
        : 'Let the function answer or throw in time; what it waits for may have no deadline of its own.',
  }),
  CALL_DEADLOCK: row<{ hostFunction: string }>({
    origin: 'app',
    summary:
      'A function of the application called the plugin that waits for it, and no instance is free for that call.',
    message: (d) =>
      `the call would never run: every instance of the plugin waits for ${d.hostFunction}, which made it`,
    hint: 'Answer first and call the plugin afterwards, or let it have more instances: `pool: { instances: 2 }`.',
  }),
  CALL_ABORTED: row<Record<string, never>>({
    origin: 'app',
    summary: 'The caller aborted the call through its signal. The instance was ended.',
    message: () => 'the call was aborted',
    hint: 'The next call gets a fresh instance.',
  }),
  LOAD_ABORTED: row<Record<string, never>>({
    origin: 'app',
    summary: 'The caller aborted a load through its signal. Nothing of the plugin is left.',
    message: () => 'the load was aborted',
    hint: 'Load it again without that signal.',
  }),
  HTTP_NOT_SERVED: row<{ plugin: string }>({
    origin: 'app',
    summary: 'A request was given to a plugin that answers none.',
    message: (d) => `plugin "${d.plugin}" does not export wasi:http/incoming-handler of WASI 0.2`,
    hint: 'Only a plugin whose world exports `wasi:http/incoming-handler` answers requests; `wasm-plugin inspect` shows what it exports.',
  }),
  HTTP_NEEDS_THREAD: row<{ plugin: string }>({
    origin: 'app',
    summary: "A request whose body is a stream was given to a plugin in the application's thread.",
    message: (d) =>
      `plugin "${d.plugin}" is loaded inline, and the body of a request is there or has to be waited for`,
    hint: "Give the body as a `Uint8Array`, or leave `isolation: 'inline'` out.",
  }),
  HTTP_NO_RESPONSE: row<Record<string, never>>({
    origin: 'plugin',
    summary: 'A plugin was given a request and returned without an answer.',
    message: () => 'the plugin returned and had set no response',
    hint: 'Its handler has to call `response-outparam.set` before it returns.',
  }),
  HTTP_REFUSED: row<{ error: string }>({
    origin: 'plugin',
    summary: 'A plugin answered a request with an error in the place of a response.',
    message: (d) => `the plugin answered with the error ${d.error}`,
    hint: '`data.error` is a case of `error-code` of wasi:http/types; the log of the plugin may say more.',
  }),
  HTTP_RESPONSE_INCOMPLETE: row<Record<string, never>>({
    origin: 'plugin',
    summary: 'A plugin began a response and did not finish its body.',
    message: () => 'the plugin let go of its response before the body was finished',
    hint: 'Its handler has to call `outgoing-body.finish`, with as many bytes written as `content-length` says.',
  }),
  PROGRAM_MISSING: row<{ plugin: string }>({
    origin: 'app',
    summary: 'A plugin was to be run that is no program.',
    message: (d) => `plugin "${d.plugin}" does not export wasi:cli/run`,
    hint: 'Only a component that exports `wasi:cli/run`, or a module of WASI preview 1 with a `_start`, is run; call the functions of others.',
  }),
  PROGRAM_NEEDS_THREAD: row<{ plugin: string }>({
    origin: 'app',
    summary: "A program was to be run in the application's thread.",
    message: (d) => `plugin "${d.plugin}" is loaded inline, and a program has to be waited for`,
    hint: "Leave `isolation: 'inline'` out.",
  }),
  INPUT_FAILED: row<{ input: 'stdin' | 'body' }>({
    origin: 'app',
    summary:
      'A stream that a plugin was given to read failed, or yielded something else than bytes. What the plugin made of it is not whole.',
    message: (d) =>
      d.input === 'stdin'
        ? 'the stream that the program was given as `stdin` failed before its end'
        : 'the body of the request failed before its end',
    hint: '`cause` says with what. A stream yields `Uint8Array`s; encode texts.',
  }),
  OUTPUT_TAKEN: row<{ stream: 'stdout' | 'stderr' }>({
    origin: 'app',
    summary: 'A stream of a run was read twice, or by the application and by `output`.',
    message: (d) => `${d.stream} of the run is read already, and that can be done once`,
    hint: 'Either call `output`, or read both streams, each in one place.',
  }),
  OUTPUT_TOO_LARGE: row<{ maxBytes: number }>({
    origin: 'plugin',
    summary: 'A program wrote more than `output` of its run was to collect, and was ended.',
    message: (d) => `the program wrote more than ${d.maxBytes} bytes to one of its streams`,
    hint: 'Give `output` a larger `maxBytes`, or read `stdout` and `stderr` of the run piece by piece.',
  }),
  PLUGIN_CLOSED: row<{ name: string }>({
    origin: 'app',
    summary: 'A call was made to a plugin that is closed, or it was closed while the call ran.',
    message: (d) => `plugin "${d.name}" is closed`,
    hint: 'Load the plugin again.',
  }),
  PLUGIN_REPLACED: row<{ name: string }>({
    origin: 'app',
    summary: 'A class, an object or a call belongs to a build of a plugin that an update replaced.',
    message: (d) => `this belongs to a build of plugin "${d.name}" that an update replaced`,
    hint: 'Take classes from `plugin.exports` when they are used, and make objects anew; `drainMs` of `update` gives calls more time.',
  }),
  PLUGIN_SUSPENDED: row<{ name: string; retryMs: number }>({
    origin: 'plugin',
    summary: 'A plugin whose instances kept ending takes no calls for some time.',
    message: (d) =>
      d.retryMs > 0
        ? `plugin "${d.name}" kept failing, and takes no calls for ${d.retryMs} ms`
        : `plugin "${d.name}" kept failing, and a call that is under way decides whether it takes others`,
    hint: 'Try again after `data.retryMs`, or do without it. The events `fault` say why it failed; `restart` of `load` has the limits.',
  }),
  UPDATE_MISFIT: row<{ plugin: string; name: string; difference: string }>({
    origin: 'plugin',
    summary: 'The new build of a plugin lacks an export of the present one, or has it with other types.',
    message: (d) => `the new build of plugin "${d.plugin}" does not fit: "${d.name}" is ${d.difference}`,
    hint: 'The present build goes on. Load what has another contract as a plugin of its own, or build it for this one.',
  }),
  UPDATE_ASKS_MORE: row<{
    plugin: string
    more: readonly string[]
    requests: ManifestRequests
    imports: readonly string[]
  }>({
    origin: 'plugin',
    summary: 'The new build of a plugin asks for more than the present one, and nobody consented.',
    message: (d) => `the new build of plugin "${d.plugin}" asks for more: ${d.more.join(', ')}`,
    hint: 'The present build goes on. Review what is in `data`, and pass `grants` to `update` to consent.',
  }),
  UPDATE_NEEDS_GRANTS: row<{ plugin: string }>({
    origin: 'app',
    summary: 'Grants of a plugin were taken back while it ran, and an update does not say which are left.',
    message: (d) => `grants of plugin "${d.plugin}" were taken back, and its update is given none`,
    hint: 'Pass to `update` the `grants` that the new build may have.',
  }),
  UPDATE_CHECK_FAILED: row<{ plugin: string; step: 'check' | 'save' | 'restore' }>({
    origin: 'plugin',
    summary:
      'The new build of a plugin did not pass the check of the application, or did not take over the state.',
    message: (d) => `the new build of plugin "${d.plugin}" did not take over: \`${d.step}\` failed`,
    hint: 'The present build goes on. The `cause` says why.',
  }),
  HOST_CLOSED: row<Record<string, never>>({
    origin: 'app',
    summary: 'A plugin was loaded into a host that is closed.',
    message: () => 'the host is closed',
    hint: 'Create a new host.',
  }),
  POOL_SATURATED: row<{ queue: number }>({
    origin: 'app',
    summary: 'Every instance of the plugin is busy and the queue of waiting calls is full.',
    message: (d) => `the plugin is busy and ${d.queue} calls are already waiting`,
    hint: 'Wait for calls to finish, or raise `pool.instances` or `pool.queue`.',
  }),
  BUDGET_EXHAUSTED: row<{ budget: keyof typeof BUDGETS; max: number }>({
    origin: 'app',
    summary: 'What all plugins of the host may use together is used up, and none of it can be taken back.',
    message: (d) => `the host may use ${d.max} ${BUDGETS[d.budget]}, and all are in use`,
    hint: (d) =>
      d.budget === 'queuedCalls'
        ? 'Wait for calls to finish, or raise `budget.queuedCalls` of `createHost`.'
        : `Load plugins that keep no state with \`pool: { idleMs }\`, so that those in use get what idle ones have, ${d.budget === 'memoryBytes' ? 'give plugins a smaller `limits.memoryBytes`, ' : ''}or raise \`budget.${d.budget}\` of \`createHost\`.`,
  }),
  THREADS_UNENDING: row<{ threads: number }>({
    origin: 'plugin',
    summary: 'Threads of the plugin were ended and go on, so it gets no further ones.',
    message: (d) => `${d.threads} threads of the plugin were ended and go on`,
    hint: 'The engine cannot interrupt what they do. Close the plugin, and end the process when it may: only that ends them.',
  }),
  MEMORY_EXHAUSTED: row<{ heapBytes: number }>({
    origin: 'plugin',
    summary: "The plugin's thread used up its JavaScript heap and was ended.",
    message: (d) => `the plugin's thread used up its heap of ${d.heapBytes} bytes`,
    hint: 'Pass smaller values to and from the plugin, or raise `limits.heapBytes`.',
  }),
  PROCESS_CRASHED: row<{ reason: string }>({
    origin: 'plugin',
    summary: "The plugin's process ended without an answer: it was killed, or the engine gave up.",
    message: (d) => `the plugin's process ended unexpectedly: ${d.reason}`,
    hint: 'The next call gets a fresh one. If memory was short, lower its limits; if it repeats, please report it with the plugin.',
  }),
  WORKER_CRASHED: row<{ reason: string }>({
    origin: 'host',
    summary: "The plugin's thread ended without an answer.",
    message: (d) => `the plugin's thread ended unexpectedly: ${d.reason}`,
    hint: 'Please report this with the plugin, if it can be shared. The next call gets a fresh instance.',
  }),
} as const

export const errors = defineErrors(hostErrorTable)
export const hostErrorDocs = describeErrors(hostErrorTable)
