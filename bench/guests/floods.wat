;; A plugin that floods the application, in every way there is.
(module
  (import "wasi:cli/environment@0.2.12" "get-environment" (func $get-environment (param i32)))
  (import "wasi:cli/stdout@0.2.12" "get-stdout" (func $get-stdout (result i32)))
  (import "wasi:filesystem/preopens@0.2.12" "get-directories" (func $get-directories (param i32)))
  (import "wasi:filesystem/types@0.2.12" "[method]descriptor.open-at"
    (func $open-at (param i32 i32 i32 i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.12" "[method]output-stream.write" (func $write (param i32 i32 i32 i32)))
  (import "wasi:keyvalue/store@0.2.0-draft2" "open" (func $open-store (param i32 i32 i32)))
  (import "wasi:keyvalue/store@0.2.0-draft2" "[method]bucket.set" (func $set (param i32 i32 i32 i32 i32 i32)))
  (import "wasi:keyvalue/store@0.2.0-draft2" "[method]bucket.list-keys" (func $list-keys (param i32 i32 i32 i32 i32)))
  (import "wasi:logging/logging@0.1.0-draft" "log" (func $log (param i32 i32 i32 i32 i32)))
  (import "wasi:sockets/instance-network@0.2.12" "instance-network" (func $instance-network (result i32)))
  (import "wasi:sockets/ip-name-lookup@0.2.12" "resolve-addresses" (func $resolve-addresses (param i32 i32 i32 i32)))
  (import "bench:floods/host" "say" (func $say (param i32 i32)))
  (import "bench:floods/host" "take" (func $take (param i32 i32)))
  (import "bench:floods/host" "give" (func $give (param i32)))
  (import "[export]bench:floods/api" "[resource-new]thing" (func $new-thing (param i32) (result i32)))

  ;; Results of imports at 1024, our own at 2048, keys at 4096; zeros, of which most values are made, from 64 KiB on.
  (memory (export "memory") 1040)
  (data (i32.const 512) "default")
  (data (i32.const 528) "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n")
  (global $heap (mut i32) (i32.const 65536))

  ;; A ring: what the host gave is forgotten soon.
  (func (export "cabi_realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32)
    (result i32) (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 15)) (i32.const -16)))
    (if (i32.gt_u (i32.add (local.get $at) (local.get $size)) (i32.const 67108864))
      (then (local.set $at (i32.const 65536))))
    (global.set $heap (i32.add (local.get $at) (local.get $size)))
    (local.get $at))

  (func (export "bench:floods/api#compute") (loop $again (br $again)))

  (func (export "bench:floods/api#stdout") (local $stdout i32)
    (local.set $stdout (call $get-stdout))
    (loop $again
      (call $write (local.get $stdout) (i32.const 528) (i32.const 16) (i32.const 1024))
      (br $again)))

  (func (export "bench:floods/api#log")
    (loop $again
      (call $log (i32.const 2) (i32.const 512) (i32.const 7) (i32.const 512) (i32.const 7))
      (br $again)))

  (func (export "bench:floods/api#allowed")
    (loop $again (call $get-environment (i32.const 1024)) (br $again)))

  ;; Opens a file to be made, in a directory that may only be read: open-flags create is 1, descriptor-flags write is 2.
  (func (export "bench:floods/api#denied") (local $root i32)
    (call $get-directories (i32.const 1024))
    (local.set $root (i32.load (i32.load (i32.const 1024))))
    (loop $again
      (call $open-at (local.get $root) (i32.const 0) (i32.const 512) (i32.const 7) (i32.const 1) (i32.const 2)
        (i32.const 1024))
      (br $again)))

  (func (export "bench:floods/api#resolve") (param $name i32) (param $length i32) (local $network i32)
    (local.set $network (call $instance-network))
    (loop $again
      (call $resolve-addresses (local.get $network) (local.get $name) (local.get $length) (i32.const 1024))
      (br $again)))

  (func (export "bench:floods/api#say")
    (loop $again (call $say (i32.const 512) (i32.const 7)) (br $again)))

  (func (export "bench:floods/api#take") (param $count i32)
    (loop $again (call $take (i32.const 65536) (local.get $count)) (br $again)))

  (func (export "bench:floods/api#give")
    (loop $again (call $give (i32.const 1024)) (br $again)))

  (func $opened (result i32)
    (call $open-store (i32.const 512) (i32.const 7) (i32.const 1024))
    (if (i32.load8_u (i32.const 1024)) (then (unreachable)))
    (i32.load (i32.const 1028)))

  (func (export "bench:floods/api#store") (param $bytes i32) (local $store i32)
    (local.set $store (call $opened))
    (loop $again
      (call $set (local.get $store) (i32.const 512) (i32.const 7) (i32.const 65536) (local.get $bytes) (i32.const 1024))
      (br $again)))

  ;; Keys of four bytes below 128, so that they are text.
  (func (export "bench:floods/api#fill") (param $keys i32) (param $bytes i32) (local $store i32)
    (local.set $store (call $opened))
    (loop $next
      (local.set $keys (i32.sub (local.get $keys) (i32.const 1)))
      (i32.store (i32.const 4096)
        (i32.or
          (i32.or (i32.and (local.get $keys) (i32.const 0x7f))
            (i32.and (i32.shl (local.get $keys) (i32.const 1)) (i32.const 0x7f00)))
          (i32.and (i32.shl (local.get $keys) (i32.const 2)) (i32.const 0x7f0000))))
      (call $set (local.get $store) (i32.const 4096) (i32.const 4) (i32.const 65536) (local.get $bytes) (i32.const 1024))
      (br_if $next (local.get $keys))))

  (func (export "bench:floods/api#keys") (local $store i32)
    (local.set $store (call $opened))
    (loop $again
      (call $list-keys (local.get $store) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1024))
      (br $again)))

  (func $pair (param $first i32) (param $second i32) (result i32)
    (i32.store (i32.const 2048) (local.get $first))
    (i32.store (i32.const 2052) (local.get $second))
    (i32.const 2048))

  (func $zeros (param $count i32) (result i32) (call $pair (i32.const 65536) (local.get $count)))
  (export "bench:floods/api#lists" (func $zeros))
  (export "bench:floods/api#records" (func $zeros))
  (export "bench:floods/api#arrays" (func $zeros))
  (export "bench:floods/api#text" (func $zeros))
  (export "bench:floods/api#bytes" (func $zeros))

  (func (export "bench:floods/api#fail") (param $count i32) (result i32)
    (i32.store (i32.const 3072) (i32.const 1))
    (i32.store (i32.const 3076) (i32.const 65536))
    (i32.store (i32.const 3080) (local.get $count))
    (i32.const 3072))

  (func (export "bench:floods/api#things") (param $count i32) (result i32) (local $at i32)
    (local.set $at (i32.const 65536))
    (loop $next
      (i32.store (local.get $at) (call $new-thing (i32.const 1)))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (i32.add (i32.const 65536) (i32.shl (local.get $count) (i32.const 2))))))
    (call $zeros (local.get $count)))

  (func (export "bench:floods/api#trap") (unreachable)))
