/** Fixtures that together use every section and most constructs. */
export const FIXTURES = [
  `(component
    (type $log-type (instance (export "say" (func (param "text" string)))))
    (import "acme:site/log@0.1.0" (instance $log (type $log-type)))
    (core module $libc
      (memory (export "mem") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 8))
    (core instance $libc (instantiate $libc))
    (core func $say (canon lower (func $log "say") (memory (core memory $libc "mem"))))
    (core module $main
      (import "log" "say" (func (param i32 i32)))
      (global i32 (i32.const 3))
      (table 1 funcref)
      (func (export "greet") (param i32 i32) (result i32) i32.const 0)
      (func (export "post") (param i32)))
    (core instance $main (instantiate $main (with "log" (instance (export "say" (func $say))))))
    (func $greet (param "name" string) (result string)
      (canon lift (core func $main "greet") (memory (core memory $libc "mem"))
        (realloc (core func $libc "realloc")) (post-return (core func $main "post"))))
    (export "greet" (func $greet)))`,
  `(component
    (core module $m (func (export "drop") (param i32)) (func (export "make") (result i32) i32.const 1))
    (core instance $i (instantiate $m))
    (alias core export $i "drop" (core func $drop))
    (type $file (resource (rep i32) (dtor $drop)))
    (core func (canon resource.new $file))
    (core func (canon resource.drop $file))
    (export $file-out "file" (type $file))
    (func $make (result (own $file-out)) (canon lift (core func $i "make")))
    (export "[constructor]file" (func $make)))`,
  `(component
    (type $color (enum "red" "green"))
    (import "color" (type $c (eq $color)))
    (type $shape (variant (case "dot") (case "box" (tuple f32 f32))))
    (import "shape" (type $s (eq $shape)))
    (type $style (record (field "color" $c) (field "shape" (option $s)) (field "tags" (list string))))
    (import "style" (type $t (eq $style)))
    (type $bits (flags "a" "b"))
    (import "bits" (type $b (eq $bits)))
    (import "draw" (func (param "style" $t) (param "bits" $b) (result (result u64 (error char)))))
    (import "later" (func async (param "in" (stream u8)) (result (future string)))))`,
  `(component
    (component $inner
      (import "r" (type $r (sub resource)))
      (import "use" (func $use (param "x" (borrow $r))))
      (export "use-again" (func $use)))
    (import "r" (type $r (sub resource)))
    (import "use" (func $use (param "x" (borrow $r))))
    (instance $i (instantiate $inner (with "r" (type $r)) (with "use" (func $use))))
    (instance $j (export "again" (func $i "use-again")))
    (export "j" (instance $j)))`,
  `(component
    (core type $f (func (param i32) (result i64)))
    (core type $mt (module (alias outer 1 $f (type $g)) (import "a" "b" (func (type $g))) (export "m" (memory 1 2))))
    (import "m" (core module (type $mt)))
    (type (component (import "x" (instance (export "t" (type (sub resource))))) (export "y" (func)))))`,
]

/** Endless copies of the fixtures with one to three bytes changed, the same for the same seed. */
export function mutations(fixtures: readonly Uint8Array[], seed: number): () => Uint8Array {
  const random = mulberry32(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  return () => {
    const bytes = fixtures[below(fixtures.length)]!.slice()
    for (let changes = 1 + below(3); changes > 0; changes--) {
      const at = below(bytes.length)
      bytes[at] = random() < 0.7 ? bytes[at]! ^ (1 << below(8)) : below(256)
    }
    return bytes
  }
}

/** A small generator with a seed, so that a failure can be run again. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
