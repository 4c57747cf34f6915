;; The same program for preview 1, which is what `node:wasi` runs. The first preopened directory is descriptor 3.
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pread" (func $fd_pread (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get"
    (func $path_filestat_get (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))

  (memory (export "memory") 8)
  (data (i32.const 512) "data.bin")
  (data (i32.const 528) "entries")
  ;; One buffer of 4 KiB at 65536.
  (data (i32.const 768) "\00\00\01\00\00\10\00\00")

  (func (export "_start"))
  (func $check (param $failed i32) (if (local.get $failed) (then (unreachable))))

  ;; Rights: fd_read and fd_seek are 6, fd_readdir is 16384. Flags: directory is 2.
  (func $open (param $name i32) (param $length i32) (param $flags i32) (param $rights i64) (result i32)
    (call $check
      (call $path_open (i32.const 3) (i32.const 1) (local.get $name) (local.get $length) (local.get $flags)
        (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 1024)))
    (i32.load (i32.const 1024)))

  (func (export "open-read") (param $times i32) (result i32) (local $file i32) (local $bytes i32)
    (loop $next
      (local.set $file (call $open (i32.const 512) (i32.const 8) (i32.const 0) (i64.const 6)))
      (call $check (call $fd_pread (local.get $file) (i32.const 768) (i32.const 1) (i64.const 0) (i32.const 1024)))
      (local.set $bytes (i32.add (local.get $bytes) (i32.load (i32.const 1024))))
      (call $check (call $fd_close (local.get $file)))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (local.get $bytes))

  (func (export "stat") (param $times i32) (result i32)
    (loop $next
      (call $check
        (call $path_filestat_get (i32.const 3) (i32.const 1) (i32.const 512) (i32.const 8) (i32.const 1024)))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (i32.wrap_i64 (i64.load (i32.const 1056))))

  ;; Entries have 24 bytes before their names; the last of a full buffer may be cut, and is read again.
  (func (export "readdir") (param $times i32) (result i32)
    (local $dir i32) (local $count i32) (local $cookie i64) (local $at i32) (local $end i32) (local $next-entry i32)
    (loop $next
      (local.set $dir (call $open (i32.const 528) (i32.const 7) (i32.const 2) (i64.const 16384)))
      (local.set $cookie (i64.const 0))
      (block $done
        (loop $fill
          (call $check
            (call $fd_readdir (local.get $dir) (i32.const 65536) (i32.const 65536) (local.get $cookie)
              (i32.const 1024)))
          (local.set $at (i32.const 65536))
          (local.set $end (i32.add (local.get $at) (i32.load (i32.const 1024))))
          (block $cut
            (loop $entry
              (br_if $cut (i32.gt_u (i32.add (local.get $at) (i32.const 24)) (local.get $end)))
              (local.set $next-entry
                (i32.add (i32.add (local.get $at) (i32.const 24)) (i32.load (i32.add (local.get $at) (i32.const 16)))))
              (br_if $cut (i32.gt_u (local.get $next-entry) (local.get $end)))
              (local.set $cookie (i64.load (local.get $at)))
              (local.set $count (i32.add (local.get $count) (i32.const 1)))
              (local.set $at (local.get $next-entry))
              (br $entry)))
          (br_if $fill (i32.eq (i32.load (i32.const 1024)) (i32.const 65536)))))
      (call $check (call $fd_close (local.get $dir)))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (local.get $count))

  (func (export "random") (param $times i32) (result i32)
    (loop $next
      (call $check (call $random_get (i32.const 1024) (i32.const 32)))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (i32.const 32))

  (func (export "now") (param $times i32) (result i32)
    (loop $next
      (call $check (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 1024)))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (i64.ne (i64.load (i32.const 1024)) (i64.const 0))))
