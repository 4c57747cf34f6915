import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Component } from '@wasm-plugin/runtime'
import { build, loadWorld, writeStubs } from '@wasm-plugin/sdk'
import { makeClangProject } from './project.js'

export interface ClangGuest {
  readonly language: 'c' | 'cpp'
  /** Text of the WIT file. */
  readonly wit: string
  readonly world?: string
  /** Files below `src/`, maybe from the stubs that `new` would write. */
  readonly source: (stubs: ReadonlyMap<string, string>) => Record<string, string>
}

/** Builds a plugin in C or C++ for a world, and compiles the component. */
export async function buildClangGuest({ language, wit, world, source }: ClangGuest): Promise<Component> {
  const dir = makeClangProject({ 'world.wit': wit })
  const model = await loadWorld({ wit: join(dir, 'world.wit'), world })
  const files = source(await writeStubs(model, language))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, 'src', name)), { recursive: true })
    writeFileSync(join(dir, 'src', name), text)
  }
  const built = await build({ dir, language, name: 'guest', wit: 'world.wit', world, mode: 'debug' })
  return await Component.compile(readFileSync(built.path), { fuel: true })
}
