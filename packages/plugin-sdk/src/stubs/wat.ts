import { embedKnownWorld } from '../bindgen/bindgen.js'
import { type CoreFunctions, printSignature, readFunctions } from '../wasm/signatures.js'
import { NameScope } from '../wit/name-scope.js'
import { namesIn, printItem } from '../wit/print.js'
import { localName } from '../world/scopes.js'
import { refuseUnsupported } from '../world/unsupported.js'
import type { World } from '../world/world.js'

/**
 * A `plugin.wat` with everything a world asks for, which traps where nothing is written yet. What the plugin may call is in
 * comments: a component asks for all that its module imports.
 */
export async function watStubs(world: World): Promise<ReadonlyMap<string, string>> {
  refuseUnsupported(world, 'WebAssembly text')
  const functions = readFunctions(await embedKnownWorld(world))
  const parts = [importLines(functions), [MEMORY], ...exportLines(functions, world)]
  const body = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return new Map([['plugin.wat', `(module\n${body.join('\n\n')}\n)\n`]])
}

function importLines({ imports }: CoreFunctions): string[] {
  const names = new NameScope()
  return imports.map(({ module, name, ...signature }) => {
    const local = module === '$root' ? name : `${localName(module)}.${name}`
    const id = names.take(identifier(local), identifier(`${module}.${name}`))
    return `  ;; (import "${module}" "${name}" (func ${id}${printSignature(signature)}))`
  })
}

/** `[method]counter.add` has brackets, which no identifier may have. */
const identifier = (name: string) => `$${name.replace(/\[(.*?)\]/g, '$1-')}`

/** What the application puts in the memory of the plugin, and what the plugin gives back. */
const MEMORY = `  (memory (export "memory") 1)
  (global $free (mut i32) (i32.const 1024)) ;; data goes below

  ;; Finds room and never gives it back; \`old\` is moved when it grows.
  (func $allocate (export "cabi_realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and
      (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.set $free (i32.add (local.get $at) (local.get $size)))
    (if (i32.gt_u (global.get $free) (i32.shl (memory.size) (i32.const 16))) (then
      (if (i32.eq (i32.const -1) (memory.grow (i32.sub
            (i32.shr_u (i32.add (global.get $free) (i32.const 65535)) (i32.const 16))
            (memory.size))))
        (then unreachable))))
    (memory.copy (local.get $at) (local.get $old) (local.get $old-size))
    (local.get $at))`

function exportLines({ exports }: CoreFunctions, world: World): string[][] {
  return [...exports]
    .filter(([name]) => !/^cabi_|^_initialize$/.test(name))
    .map(([name, signature]) => [
      ...commentOn(name, world),
      `  (func (export "${name}")${printSignature(signature)}`,
      '    unreachable) ;; not written yet',
    ])
}

/** The function in WIT; its parameters are not told by their core types. */
function commentOn(name: string, { exports }: World): string[] {
  const [id = '', member = id] = name.split('#')
  const owner = exports.get(id)
  const items = owner?.kind === 'instance' ? owner.exports : exports
  const item = items.get(member)
  return item === undefined ? [] : [`  ;; ${printItem(member, item, namesIn(items))}`]
}
