import { createRequire } from 'node:module'

// The package's entry is CommonJS.
const wcm = createRequire(import.meta.url)('@vscode/wasm-component-model')

const API = 'bench:calls/api'
const six = new wcm.RecordType([
  ['id', wcm.u32],
  ['x', wcm.float64],
  ['y', wcm.float64],
  ['ok', wcm.bool],
  ['count', wcm.u16],
  ['name', wcm.wstring],
])
const item = new wcm.RecordType([
  ['id', wcm.u32],
  ['value', wcm.float64],
  ['name', wcm.wstring],
])
const bytes = new wcm.Uint8ArrayType()
const items = new wcm.ListType(item)

class CheckError extends wcm.ResultError {
  constructor(cause) {
    super(`check: ${cause}`, cause)
  }
}

/** Function types by JS name, as its generator would write them. */
function functions(types) {
  return new Map(types.map(([name, ...rest]) => [camel(name), new wcm.FunctionType(name, ...rest)]))
}

const world = {
  id: 'bench:calls/calls',
  witName: 'calls',
  imports: {
    interfaces: new Map([
      [
        'Host',
        {
          id: 'bench:calls/host',
          witName: 'host',
          functions: functions([
            [
              'add',
              [
                ['a', wcm.u32],
                ['b', wcm.u32],
              ],
              wcm.u32,
            ],
            ['log', [['message', wcm.wstring]], undefined],
          ]),
        },
      ],
    ]),
  },
  exports: {
    interfaces: new Map([
      [
        'Api',
        {
          id: API,
          witName: 'api',
          functions: functions([
            [
              'add',
              [
                ['a', wcm.u32],
                ['b', wcm.u32],
              ],
              wcm.u32,
            ],
            ['echo-string', [['value', wcm.wstring]], wcm.wstring],
            ['echo-bytes', [['value', bytes]], bytes],
            ['echo-six', [['value', six]], six],
            ['echo-items', [['value', items]], items],
            ['check', [['value', wcm.u32]], new wcm.ResultType(wcm.u32, wcm.wstring, CheckError)],
            ['call-add', [['times', wcm.u32]], wcm.u32],
            ['call-log', [['times', wcm.u32]], undefined],
          ]),
        },
      ],
    ]),
  },
}

/** @type {import('../rows.mjs').Engine} */
export async function vscode({ core }, host) {
  const module = await WebAssembly.compile(core)
  const bind = (compiled) => {
    const context = new wcm.WasmContext.Default()
    const imports = wcm.$imports.create(world, { host }, context)
    const { exports } = new WebAssembly.Instance(compiled, imports)
    context.initialize(new wcm.Memory.Default(exports))
    return wcm.$exports.bind(world, exports, context).api
  }
  return {
    ...bind(module),
    instantiate: () => bind(module),
    load: async ({ core: bytes }) => bind(await WebAssembly.compile(bytes)).add(1, 2),
  }
}

function camel(name) {
  return name.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase())
}
