;; Keeps values in the store "default": `set` fills one, `flood` does it over and over, and both answer 0 when it worked.
(component
  (import "wasi:keyvalue/store@0.2.0-draft2" (instance $store
    (type $error' (variant (case "no-such-store") (case "access-denied") (case "other" string)))
    (export "error" (type $error (eq $error')))
    (export "bucket" (type $bucket (sub resource)))
    (export "open" (func (param "identifier" string) (result (result (own $bucket) (error $error)))))
    (export "[method]bucket.get" (func
      (param "self" (borrow $bucket)) (param "key" string) (result (result (option (list u8)) (error $error)))))
    (export "[method]bucket.set" (func
      (param "self" (borrow $bucket)) (param "key" string) (param "value" (list u8)) (result (result (error $error)))))))

  (core module $libc
    (memory (export "memory") 600)
    ;; Whatever is handed over is used at once: keys here, values behind.
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (select (i32.const 1024) (i32.const 0x1200000) (i32.lt_u (local.get 3) (i32.const 4096)))))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))
  (core func $open (canon lower (func $store "open") (memory $memory) (realloc $realloc)))
  (core func $get (canon lower (func $store "[method]bucket.get") (memory $memory) (realloc $realloc)))
  (core func $set (canon lower (func $store "[method]bucket.set") (memory $memory) (realloc $realloc)))

  (core module $main
    (import "libc" "memory" (memory 1))
    (import "store" "open" (func $open (param i32 i32 i32)))
    (import "store" "get" (func $get (param i32 i32 i32 i32)))
    (import "store" "set" (func $set (param i32 i32 i32 i32 i32 i32)))
    (data (i32.const 64) "default")
    (global $bucket (mut i32) (i32.const 0))
    (func $opened (result i32)
      (if (i32.eqz (global.get $bucket)) (then
        (call $open (i32.const 64) (i32.const 7) (i32.const 16))
        (global.set $bucket (i32.load (i32.const 20)))))
      (global.get $bucket))
    (func $set-once (param $key i32) (param $length i32) (param $byte i32) (param $size i32) (result i32)
      (memory.fill (i32.const 65536) (local.get $byte) (local.get $size))
      (call $set (call $opened) (local.get $key) (local.get $length) (i32.const 65536) (local.get $size) (i32.const 32))
      (i32.load8_u (i32.const 32)))
    (func (export "set") (param i32 i32 i32 i32) (result i32)
      (call $set-once (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
    (func (export "get") (param i32 i32) (result i32)
      (call $get (call $opened) (local.get 0) (local.get 1) (i32.const 32))
      (i32.load (i32.const 40)))
    (func (export "flood") (param i32 i32 i32) (result i32)
      (loop $l (br_if $l (i32.eqz
        (call $set-once (local.get 0) (local.get 1) (i32.const 1) (local.get 2)))))
      (i32.const 1))
    (func (export "read-flood") (param i32 i32)
      (loop $l (call $get (call $opened) (local.get 0) (local.get 1) (i32.const 32)) (br $l))))
  (core instance $main (instantiate $main
    (with "libc" (instance $libc))
    (with "store" (instance
      (export "open" (func $open)) (export "get" (func $get)) (export "set" (func $set))))))

  (func (export "set") (param "key" string) (param "byte" u8) (param "size" u32) (result u32)
    (canon lift (core func $main "set") (memory $memory) (realloc $realloc)))
  ;; Pointer of the value.
  (func (export "get") (param "key" string) (result u32)
    (canon lift (core func $main "get") (memory $memory) (realloc $realloc)))
  (func (export "flood") (param "key" string) (param "size" u32) (result u32)
    (canon lift (core func $main "flood") (memory $memory) (realloc $realloc)))
  (func (export "read-flood") (param "key" string)
    (canon lift (core func $main "read-flood") (memory $memory) (realloc $realloc))))
