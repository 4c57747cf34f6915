;; Says on stderr a line when it starts, half a line in `say`, and half a line before it traps in `fail`.
(component
  (import "wasi:io/error@0.2.3" (instance $e (export "error" (type (sub resource)))))
  (alias export $e "error" (type $error))
  (import "wasi:io/streams@0.2.3" (instance $s
    (alias outer 1 $error (type $outer-error))
    (export "error" (type $err (eq $outer-error)))
    (type $v (variant (case "last-operation-failed" (own $err)) (case "closed")))
    (export "stream-error" (type $se (eq $v)))
    (export "output-stream" (type $o (sub resource)))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $o)) (param "contents" (list u8)) (result (result (error $se)))))))
  (alias export $s "output-stream" (type $out))
  (import "wasi:cli/stderr@0.2.3" (instance $c
    (alias outer 1 $out (type $outer-out))
    (export "output-stream" (type $o (eq $outer-out)))
    (export "get-stderr" (func (result (own $o))))))
  (core module $m (memory (export "memory") 1) (data (i32.const 0) "one\0atwo"))
  (core instance $mi (instantiate $m))
  (alias core export $mi "memory" (core memory $memory))
  (core func $get (canon lower (func $c "get-stderr")))
  (core func $write (canon lower (func $s "[method]output-stream.blocking-write-and-flush") (memory $memory)))
  (core module $p
    (import "a" "memory" (memory 1))
    (import "a" "get" (func $get (result i32)))
    (import "a" "write" (func $write (param i32 i32 i32 i32)))
    (func $say (param $at i32) (param $length i32)
      (call $write (call $get) (local.get $at) (local.get $length) (i32.const 64)))
    (func $start (call $say (i32.const 0) (i32.const 4)))
    (start $start)
    (func (export "say") (call $say (i32.const 4) (i32.const 3)))
    (func (export "fail") (call $say (i32.const 0) (i32.const 3)) unreachable))
  (core instance $i (instantiate $p (with "a" (instance
    (export "memory" (memory $memory)) (export "get" (func $get)) (export "write" (func $write))))))
  (func (export "say") (canon lift (core func $i "say")))
  (func (export "fail") (canon lift (core func $i "fail"))))
