import { transpileBytes } from '@bytecodealliance/jco-transpile'
import { ComponentError, type ExternType } from '@wasm-plugin/runtime'
import { camelCase } from './names.js'

type Table = Record<string, unknown>
type Callable = (...args: unknown[]) => unknown
type CoreModules = (name: string) => WebAssembly.Module

/** A component as jco runs it: as JavaScript that it wrote, beside the core modules. */
export interface Transpiled {
  instantiate(imports: Readonly<Table>): Readonly<Table>
}

export async function transpile(
  bytes: Uint8Array,
  imports: ReadonlyMap<string, ExternType>,
): Promise<Transpiled> {
  const names = [...imports.keys()]
  const { files } = await transpileBytes(bytes, {
    name: 'plugin',
    instantiation: 'sync',
    strict: true,
    noComponentErrorWrapping: false,
    // Keys with their versions: two versions of one interface stay apart.
    map: Object.fromEntries(names.map((name, index) => [name, `import${index}`])),
  })
  const source = Buffer.from(files['plugin.js']!).toString('base64')
  const module: { instantiate(core: CoreModules, imports: Table): Table } = await import(
    /* @vite-ignore */ `data:text/javascript;base64,${source}`
  )
  const core: CoreModules = (name) => new WebAssembly.Module(files[name] as Uint8Array<ArrayBuffer>)
  return {
    instantiate(given) {
      const keyed = names.map((name, index) => {
        const value = given[name] ?? given[camelCase(name)]
        return [`import${index}`, typeof value === 'function' ? { default: value } : value]
      })
      return asOurs(module.instantiate(core, Object.fromEntries(keyed)))
    },
  }
}

/** The same functions, whose `err` is thrown as ours is. */
function asOurs(exports: Readonly<Table>): Table {
  const entries = Object.entries(exports).map(([name, value]) => {
    if (typeof value === 'function') return [name, withOurErrors(value as Callable)]
    return [name, typeof value === 'object' && value !== null ? asOurs(value as Table) : value]
  })
  return Object.fromEntries(entries)
}

function withOurErrors(func: Callable): Callable {
  return (...args) => {
    try {
      return func(...args)
    } catch (error) {
      if (error instanceof Error && Object.hasOwn(error, 'payload'))
        throw new ComponentError((error as { payload?: unknown }).payload)
      throw error
    }
  }
}
