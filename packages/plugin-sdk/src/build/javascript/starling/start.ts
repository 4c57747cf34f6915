import { takeSnapshot } from '../../../wasm/snapshot.js'
import type { Bindings } from './messages.js'
import { fixedPreview1 } from './preview1.js'

/** The engine with the functions of a world in it. */
export interface SplicedEngine {
  readonly module: Uint8Array<ArrayBuffer>
  readonly bindings: Bindings
  readonly features: readonly string[]
}

export interface Program {
  readonly name: string
  readonly code: string
}

/** The function of the engine that runs a program up to its end, and checks what it exports. */
const START = 'componentize.wizer'

/**
 * Runs a program in the engine up to its end, and keeps the engine in that state.
 *
 * @throws what the engine printed, when the program fails
 */
export function startProgram(engine: SplicedEngine, program: Program): Uint8Array<ArrayBuffer> {
  const { module, bindings } = engine
  let printed = ''
  let memory: WebAssembly.Memory
  const initializer = 'initializer.js'
  const preview1 = fixedPreview1(
    {
      files: new Map([
        [program.name, program.code],
        [initializer, bindings.jsBindings],
      ]),
      environment: environmentOf(engine, program.name),
      stdin: `--initializer-script-path /${initializer} --strip-path-prefix / ${program.name}`,
      onOutput(text) {
        printed += text
      },
    },
    () => memory,
  )
  try {
    return takeSnapshot(module, {
      imports: importsOf(module, {
        'wasi:random/random@0.2.10': fixedRandom(),
        wasi_snapshot_preview1: preview1,
      }),
      drop: ['_initialize', START],
      start({ exports }) {
        memory = exports['memory'] as WebAssembly.Memory
        for (const name of ['_initialize', START]) (exports[name] as () => void)()
      },
    })
  } catch (cause) {
    throw new Error(`${printed}\n${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/**
 * `Math.random` asks for each number. What it draws while the program starts is the same in every build; `crypto` is
 * refused then, because its numbers would be known to whoever has the component.
 */
function fixedRandom() {
  let state = 0n
  return {
    'get-random-u64'() {
      // The sequence of SplitMix64.
      state = BigInt.asUintN(64, state + 0x9e37_79b9_7f4a_7c15n)
      const mixed = BigInt.asUintN(64, (state ^ (state >> 30n)) * 0xbf58_476d_1ce4_e5b9n)
      return mixed ^ (mixed >> 27n)
    },
  }
}

/** Nobody is there to answer anything else while a program starts. */
function importsOf(
  engine: Uint8Array<ArrayBuffer>,
  answers: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): WebAssembly.Imports {
  const imports: Record<string, Record<string, unknown>> = Object.create(null)
  for (const { module, name } of WebAssembly.Module.imports(new WebAssembly.Module(engine))) {
    imports[module] ??= Object.create(null) as Record<string, unknown>
    imports[module][name] = answers[module]?.[name] ?? refusal(module, name)
  }
  return imports
}

const refusal = (module: string, name: string) => () => {
  throw new Error(`Error: ${module}#${name} is called while the module starts, before there is a host`)
}

/** How the engine is told about the world: by its environment. */
function environmentOf({ bindings, features }: SplicedEngine, name: string): Record<string, string> {
  const { exports, imports } = bindings
  const entries = [
    ['DEBUG', ''],
    ['SOURCE_NAME', name],
    ['FEATURE_CLOCKS', features.includes('clocks') ? '1' : ''],
    ['EXPORT_CNT', String(exports.length)],
    ...exports.flatMap(([wit, { params, ret, retptr, retsize, paramptr }], i) => [
      [`EXPORT${i}_NAME`, wit],
      [`EXPORT${i}_ARGS`, `${paramptr ? '*' : ''}${params.join(',')}`],
      [`EXPORT${i}_RET`, `${retptr ? '*' : ''}${ret ?? ''}`],
      [`EXPORT${i}_RETSIZE`, String(retsize)],
    ]),
    ['IMPORT_CNT', String(imports.length)],
    ...imports.flatMap(([, wit, count], i) => [
      [`IMPORT${i}_NAME`, wit],
      [`IMPORT${i}_ARGCNT`, String(count)],
    ]),
  ]
  return Object.fromEntries(entries)
}
