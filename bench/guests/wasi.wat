;; A program of WASI 0.2, written down to the calls that a row is about. Where it would stop, it traps.
(module
  (import "wasi:filesystem/preopens@0.2.12" "get-directories" (func $get-directories (param i32)))
  (import "wasi:filesystem/types@0.2.12" "[method]descriptor.open-at"
    (func $open-at (param i32 i32 i32 i32 i32 i32 i32)))
  (import "wasi:filesystem/types@0.2.12" "[method]descriptor.read" (func $read (param i32 i64 i64 i32)))
  (import "wasi:filesystem/types@0.2.12" "[method]descriptor.stat-at" (func $stat-at (param i32 i32 i32 i32 i32)))
  (import "wasi:filesystem/types@0.2.12" "[method]descriptor.read-directory" (func $read-directory (param i32 i32)))
  (import "wasi:filesystem/types@0.2.12" "[method]directory-entry-stream.read-directory-entry"
    (func $read-directory-entry (param i32 i32)))
  (import "wasi:filesystem/types@0.2.12" "[resource-drop]descriptor" (func $drop-descriptor (param i32)))
  (import "wasi:filesystem/types@0.2.12" "[resource-drop]directory-entry-stream" (func $drop-entries (param i32)))
  (import "wasi:random/random@0.2.12" "get-random-bytes" (func $get-random-bytes (param i64 i32)))
  (import "wasi:clocks/monotonic-clock@0.2.12" "now" (func $now (result i64)))
  (import "wasi:http/types@0.2.12" "[constructor]fields" (func $fields (result i32)))
  (import "wasi:http/types@0.2.12" "[constructor]outgoing-request" (func $outgoing-request (param i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-request.set-scheme"
    (func $set-scheme (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-request.set-authority"
    (func $set-authority (param i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-request.set-path-with-query"
    (func $set-path (param i32 i32 i32 i32) (result i32)))
  (import "wasi:http/outgoing-handler@0.2.12" "handle" (func $handle (param i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]future-incoming-response.subscribe"
    (func $subscribe (param i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]future-incoming-response.get" (func $response (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]incoming-response.consume" (func $consume (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]incoming-body.stream" (func $stream (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[resource-drop]future-incoming-response" (func $drop-future (param i32)))
  (import "wasi:http/types@0.2.12" "[resource-drop]incoming-response" (func $drop-response (param i32)))
  (import "wasi:http/types@0.2.12" "[resource-drop]incoming-body" (func $drop-body (param i32)))
  (import "wasi:io/poll@0.2.12" "[method]pollable.block" (func $block (param i32)))
  (import "wasi:io/poll@0.2.12" "[resource-drop]pollable" (func $drop-pollable (param i32)))
  (import "wasi:io/streams@0.2.12" "[method]input-stream.blocking-read" (func $blocking-read (param i32 i64 i32)))
  (import "wasi:io/streams@0.2.12" "[resource-drop]input-stream" (func $drop-stream (param i32)))

  (memory (export "memory") 8)
  (data (i32.const 512) "data.bin")
  (data (i32.const 528) "entries")
  (data (i32.const 544) "/")
  (global $root (mut i32) (i32.const -1))
  (global $heap (mut i32) (i32.const 65536))

  ;; A ring: what the host gave is forgotten soon.
  (func (export "cabi_realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32)
    (result i32) (local $at i32)
    (local.set $at
      (i32.and
        (i32.sub (i32.add (global.get $heap) (local.get $align)) (i32.const 1))
        (i32.sub (i32.const 0) (local.get $align))))
    (if (i32.gt_u (i32.add (local.get $at) (local.get $size)) (i32.const 524288))
      (then (local.set $at (i32.const 65536))))
    (global.set $heap (i32.add (local.get $at) (local.get $size)))
    (local.get $at))

  ;; Results are written at 1024.
  (func $check (param $failed i32) (if (local.get $failed) (then (unreachable))))
  (func $checked (call $check (i32.load8_u (i32.const 1024))))

  (func $at-root (result i32)
    (if (i32.eq (global.get $root) (i32.const -1))
      (then
        (call $get-directories (i32.const 1024))
        (call $check (i32.eqz (i32.load (i32.const 1028))))
        (global.set $root (i32.load (i32.load (i32.const 1024))))))
    (global.get $root))

  ;; open-flags: directory is 2; descriptor-flags: read is 1.
  (func $open (param $name i32) (param $length i32) (param $flags i32) (result i32)
    (call $open-at (call $at-root) (i32.const 1) (local.get $name) (local.get $length) (local.get $flags) (i32.const 1)
      (i32.const 1024))
    (call $checked)
    (i32.load (i32.const 1028)))

  (func (export "bench:wasi/api#open-read") (param $times i32) (result i32) (local $file i32) (local $bytes i32)
    (loop $next
      (local.set $file (call $open (i32.const 512) (i32.const 8) (i32.const 0)))
      (call $read (local.get $file) (i64.const 4096) (i64.const 0) (i32.const 1024))
      (call $checked)
      (local.set $bytes (i32.add (local.get $bytes) (i32.load (i32.const 1032))))
      (call $drop-descriptor (local.get $file))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (local.get $bytes))

  (func (export "bench:wasi/api#stat") (param $times i32) (result i32)
    (loop $next
      (call $stat-at (call $at-root) (i32.const 1) (i32.const 512) (i32.const 8) (i32.const 1024))
      (call $checked)
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (i32.wrap_i64 (i64.load (i32.const 1048))))

  (func (export "bench:wasi/api#readdir") (param $times i32) (result i32)
    (local $dir i32) (local $stream i32) (local $count i32)
    (loop $next
      (local.set $dir (call $open (i32.const 528) (i32.const 7) (i32.const 2)))
      (call $read-directory (local.get $dir) (i32.const 1024))
      (call $checked)
      (local.set $stream (i32.load (i32.const 1028)))
      (block $end
        (loop $entry
          (call $read-directory-entry (local.get $stream) (i32.const 1024))
          (call $checked)
          (br_if $end (i32.eqz (i32.load8_u (i32.const 1028))))
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (br $entry)))
      (call $drop-entries (local.get $stream))
      (call $drop-descriptor (local.get $dir))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (local.get $count))

  (func (export "bench:wasi/api#random") (param $times i32) (result i32)
    (loop $next
      (call $get-random-bytes (i64.const 32) (i32.const 1024))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (i32.load (i32.const 1028)))

  (func (export "bench:wasi/api#now") (param $times i32) (result i32) (local $last i64)
    (loop $next
      (local.set $last (call $now))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (i64.ne (local.get $last) (i64.const 0)))

  (func $request (param $name i32) (param $length i32) (result i32)
    (local $request i32) (local $future i32) (local $pollable i32) (local $response i32) (local $body i32)
    (local $stream i32) (local $bytes i32)
    (local.set $request (call $outgoing-request (call $fields)))
    ;; Some of the first case: HTTP.
    (call $check
      (call $set-scheme (local.get $request) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0)))
    (call $check
      (call $set-authority (local.get $request) (i32.const 1) (local.get $name) (local.get $length)))
    (call $check (call $set-path (local.get $request) (i32.const 1) (i32.const 544) (i32.const 1)))
    (call $handle (local.get $request) (i32.const 0) (i32.const 0) (i32.const 1024))
    (call $checked)
    (local.set $future (i32.load (i32.const 1032)))
    (local.set $pollable (call $subscribe (local.get $future)))
    (call $block (local.get $pollable))
    (call $drop-pollable (local.get $pollable))
    (call $response (local.get $future) (i32.const 1024))
    ;; Some, not taken before, and no error.
    (call $check (i32.eqz (i32.load8_u (i32.const 1024))))
    (call $check (i32.load8_u (i32.const 1032)))
    (call $check (i32.load8_u (i32.const 1040)))
    (local.set $response (i32.load (i32.const 1048)))
    (call $consume (local.get $response) (i32.const 1024))
    (call $checked)
    (local.set $body (i32.load (i32.const 1028)))
    (call $stream (local.get $body) (i32.const 1024))
    (call $checked)
    (local.set $stream (i32.load (i32.const 1028)))
    (block $end
      (loop $more
        (call $blocking-read (local.get $stream) (i64.const 65536) (i32.const 1024))
        ;; The only error that can be is that the stream is at its end.
        (br_if $end (i32.load8_u (i32.const 1024)))
        (local.set $bytes (i32.add (local.get $bytes) (i32.load (i32.const 1032))))
        (br $more)))
    (call $drop-stream (local.get $stream))
    (call $drop-body (local.get $body))
    (call $drop-response (local.get $response))
    (call $drop-future (local.get $future))
    (local.get $bytes))

  (func (export "bench:wasi/api#get") (param $name i32) (param $length i32) (param $times i32) (result i32)
    (local $bytes i32)
    (loop $next
      (local.set $bytes (call $request (local.get $name) (local.get $length)))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (local.get $bytes)))
