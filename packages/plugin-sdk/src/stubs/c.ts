import { clangBindings } from '../build/clang/bindings.js'
import type { World } from '../world/world.js'

/**
 * A `plugin.c` with every function that a world asks for, as the generated header declares them. It compiles, and
 * ends the instance where nothing is written yet.
 */
export async function cStubs(world: World): Promise<ReadonlyMap<string, string>> {
  const { files } = await clangBindings(world, 'c')
  const [name, header] = [...files].find(([path]) => path.endsWith('.h'))!
  const includes = `#include "gen/${name}"\n\n#include <stdlib.h>\n`
  return new Map([['plugin.c', [includes, ...resources(header), ...functions(header)].join('\n')]])
}

const EXPORTED = /^\/\/ Exported Functions from .*\n((?:.+\n)+)/gm

/** Comments and prototypes are a line each. */
function functions(header: string): string[] {
  return [...header.matchAll(EXPORTED)].flatMap(([, block = '']) => {
    const stubs: string[] = []
    let comments = ''
    for (const line of block.trimEnd().split('\n')) {
      if (line.startsWith('//')) comments += `${line}\n`
      else {
        stubs.push(`${comments}${line.replace(/;$/, '')} {\n  abort(); // Not written yet.\n}\n`)
        comments = ''
      }
    }
    return stubs
  })
}

/** The author's part of an exported resource: what one of them holds, and what happens when the host lets go of it. */
function resources(header: string): string[] {
  const destructors = header.matchAll(/^void (\w+)_destructor\((\w+) \*rep\);$/gm)
  return [...destructors].map(
    ([, name = '', type = '']) =>
      `struct ${type} {\n  int unused; // What one of them holds.\n};\n\nvoid ${name}_destructor(${type} *rep) {\n  free(rep);\n}\n`,
  )
}
