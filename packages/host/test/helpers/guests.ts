import { readFile } from 'node:fs/promises'
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'

/** Assembles `test/guests/<name>.wat`. */
export async function guest(name: string): Promise<Uint8Array> {
  return assemble(await readFile(new URL(`../guests/${name}.wat`, import.meta.url), 'utf8'))
}

/** Assembles a component or module given as text. */
export async function assemble(text: string): Promise<Uint8Array> {
  return new Uint8Array(await parse(text))
}
