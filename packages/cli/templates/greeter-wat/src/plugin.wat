;; A core module: the build makes a component of it. A string is an address and a length, in UTF-8.
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "Hello, !")
  (data (i32.const 32) "a name is needed")
  (global $free (mut i32) (i32.const 1024)) ;; everything below is taken

  ;; Finds room in the memory: here, and for what comes in.
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
    (local.get $at))

  ;; greet: func(name: string) -> result<string, string>
  (func (export "example:greeter/greetings@0.1.0#greet") (param $name i32) (param $length i32) (result i32)
    (local $text i32)
    (if (i32.eqz (local.get $length))
      (then (return (call $result (i32.const 1) (i32.const 32) (i32.const 16)))))
    (local.set $text
      (call $allocate (i32.const 0) (i32.const 0) (i32.const 1) (i32.add (local.get $length) (i32.const 8))))
    (memory.copy (local.get $text) (i32.const 16) (i32.const 7)) ;; "Hello, "
    (memory.copy (i32.add (local.get $text) (i32.const 7)) (local.get $name) (local.get $length))
    (i32.store8 (i32.add (local.get $text) (i32.add (local.get $length) (i32.const 7))) (i32.const 33)) ;; "!"
    (call $result (i32.const 0) (local.get $text) (i32.add (local.get $length) (i32.const 8))))

  ;; A result of two strings: which of them it is (0 for ok, 1 for an error), and the string.
  (func $result (param $which i32) (param $text i32) (param $length i32) (result i32)
    (local $at i32)
    (local.set $at (call $allocate (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 12)))
    (i32.store (local.get $at) (local.get $which))
    (i32.store offset=4 (local.get $at) (local.get $text))
    (i32.store offset=8 (local.get $at) (local.get $length))
    (local.get $at))

  ;; Called when the application has read the result: all room is free again.
  (func (export "cabi_post_example:greeter/greetings@0.1.0#greet") (param i32)
    (global.set $free (i32.const 1024)))
)
