;; The guest of every engine that has the canonical ABI. What it is given it gives back, so that a row measures the
;; boundary and not the guest.
(module
  (import "bench:calls/host" "add" (func $host-add (param i32 i32) (result i32)))
  (import "bench:calls/host" "log" (func $host-log (param i32 i32)))

  ;; 64 KiB of statics, and a ring of up to 4 MiB for what the host lowers: nothing is freed.
  (memory (export "memory") 2)
  (data (i32.const 512) "sixteen bytes ok")
  (data (i32.const 528) "not a number")
  (global $heap (mut i32) (i32.const 65536))

  (func (export "cabi_realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32)
    (result i32) (local $at i32)
    (local.set $at
      (i32.and
        (i32.sub (i32.add (global.get $heap) (local.get $align)) (i32.const 1))
        (i32.sub (i32.const 0) (local.get $align))))
    (if (i32.gt_u (i32.add (local.get $at) (local.get $size)) (i32.const 4194304))
      (then (local.set $at (i32.const 65536))))
    (global.set $heap (i32.add (local.get $at) (local.get $size)))
    (if (i32.gt_u (global.get $heap) (i32.shl (memory.size) (i32.const 16)))
      (then
        (drop
          (memory.grow
            (i32.sub (i32.shr_u (i32.add (global.get $heap) (i32.const 65535)) (i32.const 16)) (memory.size))))))
    (if (local.get $old-size)
      (then (memory.copy (local.get $at) (local.get $old) (local.get $old-size))))
    (local.get $at))

  (func $pair (param $first i32) (param $second i32) (result i32)
    (i32.store (i32.const 1024) (local.get $first))
    (i32.store (i32.const 1028) (local.get $second))
    (i32.const 1024))

  (func (export "bench:calls/api#add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (export "bench:calls/api#echo-string") (param i32 i32) (result i32)
    (call $pair (local.get 0) (local.get 1)))
  (func (export "bench:calls/api#echo-bytes") (param i32 i32) (result i32)
    (call $pair (local.get 0) (local.get 1)))
  (func (export "bench:calls/api#echo-items") (param i32 i32) (result i32)
    (call $pair (local.get 0) (local.get 1)))

  (func (export "bench:calls/api#echo-six")
    (param $id i32) (param $x f64) (param $y f64) (param $ok i32) (param $count i32) (param $ptr i32) (param $len i32)
    (result i32)
    (i32.store (i32.const 1024) (local.get $id))
    (f64.store (i32.const 1032) (local.get $x))
    (f64.store (i32.const 1040) (local.get $y))
    (i32.store8 (i32.const 1048) (local.get $ok))
    (i32.store16 (i32.const 1050) (local.get $count))
    (i32.store (i32.const 1052) (local.get $ptr))
    (i32.store (i32.const 1056) (local.get $len))
    (i32.const 1024))

  (func (export "bench:calls/api#check") (param i32) (result i32)
    (i32.store8 (i32.const 1024) (i32.eqz (local.get 0)))
    (i32.store (i32.const 1028) (select (local.get 0) (i32.const 528) (local.get 0)))
    (i32.store (i32.const 1032) (i32.const 12))
    (i32.const 1024))

  (func (export "bench:calls/api#call-add") (param $times i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (call $host-add (local.get $sum) (local.get $times)))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (local.get $sum))
  (func (export "bench:calls/api#call-log") (param $times i32)
    (loop $next
      (call $host-log (i32.const 512) (i32.const 16))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1))))))

  (func (export "bench:calls/api#sum") (param $times i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum
        (i32.add
          (i32.rotl (local.get $sum) (i32.const 5))
          (i32.load8_u (i32.and (local.get $times) (i32.const 65535)))))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (local.get $sum))
  (func $fib (export "bench:calls/api#fib") (param i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else
        (i32.add
          (call $fib (i32.sub (local.get 0) (i32.const 1)))
          (call $fib (i32.sub (local.get 0) (i32.const 2))))))))
