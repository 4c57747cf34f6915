;; The same for an engine with bytes in, bytes out: its interface moves 8 bytes at a time.
(module
  (import "extism:host/env" "input_length" (func $input-length (result i64)))
  (import "extism:host/env" "input_load_u8" (func $input-load-u8 (param i64) (result i32)))
  (import "extism:host/env" "input_load_u64" (func $input-load-u64 (param i64) (result i64)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store-u8 (param i64 i32)))
  (import "extism:host/env" "store_u64" (func $store-u64 (param i64 i64)))
  (import "extism:host/env" "output_set" (func $output-set (param i64 i64)))
  (import "bench" "add" (func $host-add (param i64 i64) (result i64)))

  (memory (export "memory") 1)
  (data (i32.const 512) "sixteen bytes ok")

  (func (export "add") (result i32) (i32.const 0))

  (func (export "echo") (result i32) (local $length i64) (local $at i64) (local $out i64)
    (local.set $length (call $input-length))
    (local.set $out (call $alloc (local.get $length)))
    (block $words-done
      (loop $word
        (br_if $words-done (i64.gt_u (i64.add (local.get $at) (i64.const 8)) (local.get $length)))
        (call $store-u64 (i64.add (local.get $out) (local.get $at)) (call $input-load-u64 (local.get $at)))
        (local.set $at (i64.add (local.get $at) (i64.const 8)))
        (br $word)))
    (block $bytes-done
      (loop $byte
        (br_if $bytes-done (i64.ge_u (local.get $at) (local.get $length)))
        (call $store-u8 (i64.add (local.get $out) (local.get $at)) (call $input-load-u8 (local.get $at)))
        (local.set $at (i64.add (local.get $at) (i64.const 1)))
        (br $byte)))
    (call $output-set (local.get $out) (local.get $length))
    (i32.const 0))

  (func (export "call_add") (result i32) (local $times i64) (local $sum i64)
    (local.set $times (call $input-load-u64 (i64.const 0)))
    (loop $next
      (local.set $sum (call $host-add (local.get $sum) (local.get $times)))
      (br_if $next (i64.ne (local.tee $times (i64.sub (local.get $times) (i64.const 1))) (i64.const 0))))
    (i32.const 0)))
