import { defineErrors, describeErrors, type ErrorRow } from './define.js'

const row = <D>(r: ErrorRow<D>): ErrorRow<D> => r
const at = (offset: number) => `at byte 0x${offset.toString(16)}`
const REBUILD = 'Rebuild the plugin with a current toolchain; if it still fails, the file is damaged.'

/** The limits that an application sets; others protect whoever reads a component. */
const OPTIONS: ReadonlySet<string> = new Set([
  'componentBytes',
  'memoryBytes',
  'memories',
  'tableElements',
  'handles',
  'valueBytes',
  'liftedValues',
])

/** Every code that the runtime throws. Codes are permanent: add, never rename. */
export const runtimeErrorTable = {
  NOT_WASM: row<{ size: number; isText: boolean }>({
    origin: 'app',
    summary: 'The bytes do not start with the WebAssembly magic number.',
    message: (d) =>
      d.isText
        ? "not a WebAssembly file, but perhaps one in WebAssembly's text format, which has to be assembled"
        : `not a WebAssembly file: the first bytes of ${d.size} are not \\0asm`,
    hint: (d) =>
      d.isText
        ? 'Pass what `assembleWat(text)` of @wasm-plugin/sdk makes of it; the commands of wasm-plugin do so themselves.'
        : 'Pass the .wasm file that `wasm-plugin build` wrote.',
  }),
  CORE_MODULE: row<{ lacks?: 'start' | undefined }>({
    origin: 'app',
    summary: 'The bytes are a core WebAssembly module, not a component.',
    message: () => 'this is a core WebAssembly module, not a component',
    hint: (d) =>
      d.lacks === 'start'
        ? 'It exports no function `_start` without parameters and results, as a program of WASI preview 1 does: link it as a command. If it is no program, turn it into a component with `wasm-plugin build`.'
        : 'Turn it into a component with `wasm-plugin build`, or build it for WASI (wasm32-wasip2, or wasm32-wasip1): what imports WASI preview 1 and nothing else is taken as it is.',
  }),
  WIT_PACKAGE: row<Record<string, never>>({
    origin: 'app',
    summary: 'The bytes are a WIT package in binary form: types only, nothing to run.',
    message: () => 'this is a WIT package in binary form; it holds types and no code',
    hint: 'Pass the plugin component; a WIT package belongs in `--wit`.',
  }),
  MALFORMED_COMPONENT: row<{ offset: number; reason: string }>({
    origin: 'plugin',
    summary: 'The component binary cannot be decoded.',
    message: (d) => `malformed component ${at(d.offset)}: ${d.reason}`,
    hint: REBUILD,
  }),
  INVALID_COMPONENT: row<{ offset: number; reason: string }>({
    origin: 'plugin',
    summary: 'The component decodes but breaks a validation rule of the Component Model.',
    message: (d) => `invalid component ${at(d.offset)}: ${d.reason}`,
    hint: REBUILD,
  }),
  INVALID_CORE_MODULE: row<{ module: number; reason: string }>({
    origin: 'plugin',
    summary: 'A core module inside the component is rejected by the WebAssembly engine.',
    message: (d) => `core module ${d.module} of the component is invalid: ${d.reason}`,
    hint: 'The engine may lack a WebAssembly feature the plugin was built with; target plain WebAssembly 2.0, or use a newer Node.',
  }),
  UNSUPPORTED_FEATURE: row<{ feature: string; offset?: number }>({
    origin: 'plugin',
    summary: 'The component uses a feature that this runtime decodes but does not run.',
    message: (d) =>
      `the component uses ${d.feature}, which is not supported${d.offset === undefined ? '' : ` (${at(d.offset)})`}`,
    hint: 'Build the plugin for WASI 0.2 without that feature.',
  }),
  LIMIT_EXCEEDED: row<{ limit: string; value: number | string; max: number }>({
    origin: 'plugin',
    summary: 'A size or count that the plugin controls is over its limit.',
    message: (d) => `${d.limit} is ${d.value}, over the limit of ${d.max}`,
    hint: (d) =>
      OPTIONS.has(d.limit)
        ? `Raise \`limits.${d.limit}\` if the plugin is trusted, or make the plugin smaller.`
        : 'Make the plugin smaller: this limit is not an option of the application.',
  }),
  COMPILE_COST_EXCEEDED: row<{
    module: number
    /** The function, by its index in the core module; undefined for all of them together. */
    func?: number
    value: number
    max: number
  }>({
    origin: 'plugin',
    summary:
      'A function, or the component as a whole, would take the engine more time and memory to compile than it may: many branches over many values.',
    message: (d) =>
      d.func === undefined
        ? `the core modules of the component are too costly to compile: ${d.value} values to look at, over the limit of ${d.max}`
        : `function ${d.func} of core module ${d.module} is too costly to compile: ${d.value} values to look at, over the limit of ${d.max}`,
    hint: (d) =>
      d.func === undefined
        ? 'Raise `limits.componentBytes` if the plugin is trusted: it may cost two for each byte of that.'
        : 'Split the function, or let the compiler optimise it: thousands of locals or of block parameters are gone through at each branch.',
  }),
  MISSING_IMPORT: row<{ name: string; kind: string; property: string }>({
    origin: 'app',
    summary: 'The component imports something that was not given to `instantiate`.',
    message: (d) => `the component imports ${d.kind} "${d.name}", which was not provided`,
    hint: (d) => `Provide \`${d.property}\` in the import object.`,
  }),
  WRONG_IMPORT: row<{ name: string; expected: string; found: string }>({
    origin: 'app',
    summary: 'An import was given, but not of the kind that the component needs.',
    message: (d) => `import "${d.name}": expected ${d.expected}, got ${d.found}`,
    hint: 'Make the import object match the interface in the WIT.',
  }),
  LINK_FAILED: row<{ reason: string }>({
    origin: 'plugin',
    summary: 'The core modules of the component do not fit together.',
    message: (d) => `the component cannot be linked: ${d.reason}`,
    hint: REBUILD,
  }),
  TYPE_MISMATCH: row<{ path: string; expected: string; found: string }>({
    origin: 'app',
    summary:
      'A value passed to a plugin, or returned by a host function, is not of the type in the contract.',
    message: (d) => `${d.path}: expected ${d.expected}, got ${d.found}`,
    hint: 'Pass a value of the type in the WIT; `wasm-plugin types` writes it as TypeScript.',
  }),
  VALUE_TOO_LARGE: row<{ limit: 'liftedValues' | 'valueBytes'; max: number; value?: number }>({
    origin: 'app',
    summary:
      'Arguments, or what a function of the application answered, are more than the plugin may be given at a time.',
    message: (d) =>
      d.limit === 'valueBytes'
        ? `a string or list to be given to the plugin has ${d.value} bytes, over \`valueBytes\` of ${d.max}`
        : `the values to be sent to the plugin count for more than ${d.max}`,
    hint: (d) =>
      d.limit === 'valueBytes'
        ? 'Pass less at a time, or raise `limits.valueBytes`.'
        : 'Pass less at a time, or raise `limits.heapBytes`: it has room for so many values (see `limits.liftedValues`).',
  }),
  RESOURCE_DROPPED: row<{ resource: string; how: 'dropped' | 'moved' | 'expired' }>({
    origin: 'app',
    summary: 'A resource of a plugin was used after it was disposed, given away, or after its call.',
    message: (d) => `this ${d.resource} was ${d.how === 'moved' ? 'given to the plugin' : d.how}`,
    hint: 'Keep the object until its last use, and keep no borrowed resource after the call that brought it.',
  }),
  NO_CONSTRUCTOR: row<{ resource: string }>({
    origin: 'app',
    summary: 'A resource class of a plugin was called with `new`, but its WIT has no constructor.',
    message: (d) => `the resource ${d.resource} has no constructor`,
    hint: 'Get the object from the function of the plugin that returns one.',
  }),
  GUEST_TRAP: row<{
    reason: string
    /** The first and the last lines that the plugin wrote to stderr, where the embedder keeps them. */
    stderr?: readonly string[]
  }>({
    origin: 'plugin',
    summary:
      'The plugin trapped: it executed `unreachable`, divided by zero, read out of bounds, or panicked.',
    message: (d) => [`the plugin trapped: ${d.reason}`, ...(d.stderr ?? [])].join('\n  '),
    hint: 'This is a fault of the plugin; its log has everything that it wrote before.',
  }),
  ABI_TRAP: row<{ reason: string }>({
    origin: 'plugin',
    summary: 'The plugin handed over a value that breaks the canonical ABI.',
    message: (d) => `the plugin broke the canonical ABI: ${d.reason}`,
    hint: 'This is a fault of the plugin or of its bindings generator.',
  }),
  OUT_OF_FUEL: row<{ fuel: number }>({
    origin: 'plugin',
    summary: 'The call used up the fuel it was given.',
    message: (d) => `the call used up its ${d.fuel} units of fuel`,
    hint: 'Raise `fuel` if the plugin is trusted to do that much work.',
  }),
  STACK_EXHAUSTED: row<Record<string, never>>({
    origin: 'plugin',
    summary: 'The plugin recursed until the stack was used up.',
    message: () => 'the plugin exhausted the call stack',
    hint: 'This is a fault of the plugin: unbounded or very deep recursion.',
  }),
  MACHINE_OUT_OF_MEMORY: row<{ reason: string }>({
    origin: 'app',
    summary: 'The system gave no memory, or no address space, for an instance of the plugin.',
    message: (d) => `there is no memory for an instance: ${d.reason}`,
    hint: 'Each memory of an instance takes some GB of address space: look at `ulimit -v` and at the limits of the container, or load fewer plugins.',
  }),
  CANNOT_ENTER: row<{ reason: string }>({
    origin: 'app',
    summary:
      'The instance may not be entered: a call is still running in it, or an earlier fault poisoned it.',
    message: (d) => `the component instance cannot be entered: ${d.reason}`,
    hint: 'Let the running call return first, also in a function that the plugin calls; after a fault, instantiate the component again.',
  }),
  HOST_FUNCTION_FAILED: row<{ name: string; reason?: string }>({
    origin: 'app',
    summary: 'A host function threw something other than the error of its `result` type.',
    message: (d) => `host function ${d.name} failed${d.reason === undefined ? '' : `: ${d.reason}`}`,
    hint: 'The cause has the error; throw a `ComponentError` to return the `err` case to the plugin.',
  }),
  ASYNC_UNSUPPORTED: row<{ name: string }>({
    origin: 'app',
    summary: 'A host function returned a promise to a plugin that cannot be suspended.',
    message: (d) =>
      `host function ${d.name} returned a promise, and this plugin cannot be suspended to wait for it`,
    hint: "Make the function synchronous, or load the plugin without `isolation: 'inline'`: in a thread of its own it waits.",
  }),
  SNAPSHOT_UNSUPPORTED: row<{ reason: string }>({
    origin: 'plugin',
    summary: 'The state of a plugin is to be saved, and it keeps some where nothing can read it.',
    message: (d) => `the state of the plugin cannot be saved: ${d.reason}`,
    hint: 'Load it without `snapshot`; its state ends with its instance then.',
  }),
  SNAPSHOT_REFUSED: row<{ reason: string }>({
    origin: 'plugin',
    summary: 'The state of an instance cannot be saved now: it has something open, or is too large.',
    message: (d) => `the state of the instance cannot be saved now: ${d.reason}`,
    hint: 'Have the plugin close what it opens before its call ends, or load it with larger `limits.memoryBytes`.',
  }),
  SNAPSHOT_UNUSABLE: row<{ reason: string }>({
    origin: 'plugin',
    summary: 'What was saved of an instance is not what another one can go on with.',
    message: (d) => `no instance can go on with what was saved: ${d.reason}`,
    hint: 'It has to come from an instance of the same build, with the same grants.',
  }),
  CANNOT_SUSPEND: row<{ name: string }>({
    origin: 'plugin',
    summary: 'A plugin that is suspended while it waits called what has to be waited for where it cannot be.',
    message: (d) =>
      `${d.name} has to be waited for, and a plugin cannot be suspended while it starts, or makes or drops a resource`,
    hint: 'Have the plugin do so in a function that it exports, or run it where its thread can sleep: a page has to be isolated from others for that.',
  }),
} as const

export const errors = defineErrors(runtimeErrorTable)
export const runtimeErrorDocs = describeErrors(runtimeErrorTable)
