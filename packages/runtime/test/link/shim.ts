/** What of the component of `shimmed` is different. Texts of WebAssembly. */
export interface Variant {
  /** Of the shim. */
  readonly shim?: string
  readonly fixup?: string
  /** More definitions of the main module. */
  readonly main?: string
  /** What the main module is given besides `env`. */
  readonly mainArgs?: string
  /** What the fixup is given. */
  readonly given?: string
  /** Definitions after all others. */
  readonly more?: string
}

const TWO_TYPES = '(type $l (func (param i32 i32))) (type $s (func (param i32 i32) (result i32)))'

/** Of two functions that each call the one of their number. */
export const SHIM = `${TWO_TYPES}
  (table 2 2 funcref)
  (export "0" (func $0)) (export "1" (func $1)) (export "$imports" (table 0))
  (func $0 (type $l) local.get 0 local.get 1 i32.const 0 call_indirect (type $l))
  (func $1 (type $s) local.get 0 local.get 1 i32.const 1 call_indirect (type $s))`

export const FIXUP = `${TWO_TYPES}
  (import "" "0" (func $0 (type $l))) (import "" "1" (func $1 (type $s)))
  (import "" "$imports" (table 2 2 funcref))
  (elem (i32.const 0) func $0 $1)`

export const GIVEN = '(export "0" (func $log)) (export "1" (func $size)) (export "$imports" (table $table))'

/**
 * A component as `wit-component` makes it: `log` and `size` of the application need the memory of the main module, so they
 * are called by way of a shim. `run` logs "hello" and answers its size.
 */
export function shimmed({
  shim = SHIM,
  fixup = FIXUP,
  main = '',
  mainArgs = '',
  given = GIVEN,
  more = '',
}: Variant = {}): string {
  return `(component
    (import "log" (func $log-import (param "text" string)))
    (import "size" (func $size-import (param "text" string) (result u32)))
    (core module $main
      (import "env" "log" (func $log (param i32 i32)))
      (import "env" "size" (func $size (param i32 i32) (result i32)))
      ${main}
      (memory (export "memory") 1) (data (i32.const 16) "hello")
      (func (export "run") (result i32)
        (call $log (i32.const 16) (i32.const 5)) (call $size (i32.const 16) (i32.const 5))))
    (core module $shim ${shim})
    (core module $fixup ${fixup})
    (core instance $s (instantiate $shim))
    (alias core export $s "0" (core func $stub-log))
    (alias core export $s "1" (core func $stub-size))
    (core instance $env (export "log" (func $stub-log)) (export "size" (func $stub-size)))
    (core instance $m (instantiate $main (with "env" (instance $env)) ${mainArgs}))
    (alias core export $m "memory" (core memory $memory))
    ${main.includes('"own"') ? '(alias core export $m "own" (core func $own))' : ''}
    (alias core export $s "$imports" (core table $table))
    (core func $log (canon lower (func $log-import) (memory $memory)))
    (core func $size (canon lower (func $size-import) (memory $memory)))
    (core instance $given ${given})
    (core instance (instantiate $fixup (with "" (instance $given))))
    (func (export "run") (result u32) (canon lift (core func $m "run")))
    ${more})`
}
