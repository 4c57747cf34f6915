import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { Component, type ImportObject, type Instance } from '@wasm-plugin/runtime'

/** The functions of an export, for calls by tests. */
// biome-ignore lint/suspicious/noExplicitAny: what a component exports is known to its test, not to TypeScript
export type Exports = Record<string, any>

export async function compileWat(wat: string): Promise<Component> {
  return Component.compile(await parse(wat))
}

export async function instantiateWat(
  wat: string,
  imports: ImportObject = {},
): Promise<Instance & { exports: Exports }> {
  return (await compileWat(wat)).instantiate(imports) as Instance & { exports: Exports }
}

/** A core module with a memory and a bump allocator that traps when the memory is used up. */
export const allocator = `
  (core module $alloc
    (memory (export "memory") 4)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and
        (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
      (global.set $next (i32.add (local.get $at) (local.get $new)))
      (if (i32.gt_u (global.get $next) (i32.mul (memory.size) (i32.const 65536)))
        (then (drop (memory.grow (i32.add (i32.div_u (local.get $new) (i32.const 65536)) (i32.const 1))))))
      (memory.copy (local.get $at) (local.get $old) (local.get $size))
      (local.get $at))
    (func (export "reset") (global.set $next (i32.const 1024))))
  (core instance $a (instantiate $alloc))
  (alias core export $a "memory" (core memory $memory))
  (alias core export $a "realloc" (core func $realloc))`
