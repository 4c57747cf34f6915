;; Imports and exports functions of the world itself, with names of two words.
(component
  (import "tell-more" (func $tell-more (param "n" u32) (result u32)))
  (core func $lowered (canon lower (func $tell-more)))
  (core module $m
    (import "" "tell-more" (func $tell-more (param i32) (result i32)))
    (func (export "go-on") (param i32) (result i32) (call $tell-more (local.get 0))))
  (core instance $i (instantiate $m (with "" (instance (export "tell-more" (func $lowered))))))
  (func (export "go-on") (param "n" u32) (result u32) (canon lift (core func $i "go-on"))))
