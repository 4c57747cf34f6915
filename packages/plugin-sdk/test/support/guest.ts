import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Component, type ImportObject } from '@wasm-plugin/runtime'
import { type BuildMode, type World, writeStubs } from '@wasm-plugin/sdk'
import { BuildCache, compileProject, findCompiler, resolveWorld, writeBindings } from '#internal'
import { makeProject } from './project.js'

export interface GuestOptions {
  /** Text of the WIT file. */
  readonly wit: string
  readonly world?: string
  /** The author's `assembly/index.ts`, maybe from the stubs that `new` would write. */
  readonly source: string | ((stubs: string, world: World) => string)
  readonly mode?: BuildMode
  /** Meter the component, for a guest that may not stop. */
  readonly fuel?: boolean
  /** Changes a generated file before it is compiled. */
  readonly patch?: { readonly file: string; readonly change: (text: string) => string }
}

/** Builds an AssemblyScript plugin for a world and compiles the component. */
export async function buildGuest(options: GuestOptions): Promise<Component> {
  const dir = makeProject({ 'world.wit': options.wit, 'assembly/index.ts': '' })
  const entry = 'assembly/index.ts'
  const resolved = await resolveWorld({ wit: join(dir, 'world.wit'), world: options.world })
  const { source } = options
  const stubs = (await writeStubs(resolved.world, 'assemblyscript')).get('index.ts')!
  const text = typeof source === 'string' ? source : source(stubs, resolved.world)
  writeFileSync(join(dir, entry), text)
  const bindings = writeBindings(resolved.world, { dir, entry })
  if (options.patch !== undefined) {
    const before = bindings.files.get(options.patch.file)!
    const after = options.patch.change(before)
    if (after === before) throw new TypeError(`the patch changes nothing in ${options.patch.file}`)
    writeFileSync(join(dir, 'assembly/gen', options.patch.file), after)
  }
  const project = { dir, entry, mode: options.mode ?? 'debug', resolved, bindings, cache: BuildCache.of(dir) }
  const { component } = await compileProject(findCompiler({ dir }), project)
  return await Component.compile(component, { fuel: options.fuel ?? false })
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is the world's, which tests know and the type checker does not
export type Exports = any

export async function runGuest(options: GuestOptions & { imports?: ImportObject }): Promise<Exports> {
  return (await buildGuest(options)).instantiate(options.imports ?? {}).exports
}
