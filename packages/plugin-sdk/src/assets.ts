import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Version of this package. Read when it is asked for: an application that bundles the SDK may not have the file. */
export function sdkVersion(): string {
  version ??= JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version as string
  return version
}

let version: string | undefined

/** Folder of this package. */
export const SDK_DIR = fileURLToPath(new URL('../', import.meta.url))

/** Folder of the WASI packages that the SDK ships: `wasi-io@0.2.12/package.wit` and friends. */
export const WASI_WIT_DIR = fileURLToPath(new URL('../wit/', import.meta.url))

/** Folder of the AssemblyScript sources that are copied beside generated bindings. */
export const ASSEMBLY_DIR = fileURLToPath(new URL('../assembly/', import.meta.url))

/** The process that AssemblyScript's compiler runs in. Always the built file: a process cannot start from a source. */
export const ASC_PROCESS = fileURLToPath(new URL('../dist/asc-process.js', import.meta.url))

/** The process that StarlingMonkey runs in while a plugin is built. */
export const STARLING_PROCESS = fileURLToPath(new URL('../dist/starling-process.js', import.meta.url))

/** Folder of the JavaScript that is bundled into plugins in JavaScript. */
export const GUEST_DIR = fileURLToPath(new URL('../guest/', import.meta.url))

/** The generators of wit-bindgen as a component; `bindgen/build.mjs` makes it. */
export const BINDGEN_COMPONENT = fileURLToPath(new URL('../bindgen/bindgen.wasm', import.meta.url))

/** The process that the packaged compiler of C and C++ runs in. */
export const CLANG_PROCESS = fileURLToPath(new URL('../workers/clang.js', import.meta.url))
