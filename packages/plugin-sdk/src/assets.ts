import { fileURLToPath } from 'node:url'

/** Folder of the WASI packages that the SDK ships: `wasi-io@0.2.12/package.wit` and friends. */
export const WASI_WIT_DIR = fileURLToPath(new URL('../wit/', import.meta.url))

/** Folder of the AssemblyScript sources that are copied beside generated bindings. */
export const ASSEMBLY_DIR = fileURLToPath(new URL('../assembly/', import.meta.url))
