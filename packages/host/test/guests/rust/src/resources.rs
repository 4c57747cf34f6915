//! Time, memory, random numbers, output and the end of the process.

use crate::bindings::wasi::cli::exit::exit;
use crate::bindings::wasi::cli::stdin::get_stdin;
use crate::bindings::wasi::cli::stdout::get_stdout;
use crate::bindings::wasi::clocks::monotonic_clock::{now, subscribe_duration};
use crate::bindings::wasi::io::poll::{Pollable, poll};
use crate::bindings::wasi::random::random::get_random_bytes;
use crate::{Outcome, kebab};

pub fn run(operation: &str, args: &[&str]) -> Option<Outcome> {
    Some(match (operation, args) {
        ("count", []) => Ok(count().to_string()),
        ("spin", []) => spin(),
        ("recurse", []) => Ok(recurse(1).to_string()),
        ("exit", [status]) => {
            exit(if *status == "0" { Ok(()) } else { Err(()) });
            Err("still here".into())
        }
        ("process-exit", [status]) => std::process::exit(status.parse().ok()?),
        ("memory-bomb", []) => Ok(memory_bomb().to_string()),
        ("huge-answer", [bytes]) => Ok("x".repeat(bytes.parse().ok()?)),
        ("huge-error", [bytes]) => Err("x".repeat(bytes.parse().ok()?)),
        ("random-bytes", [count]) => Ok(get_random_bytes(count.parse().ok()?).len().to_string()),
        ("poll-nothing", []) => Ok(poll(&[]).len().to_string()),
        ("poll-flood", [count]) => Ok(poll_flood(count.parse().ok()?).to_string()),
        ("poll-for-ever", []) => {
            subscribe_duration(u64::MAX).block();
            Err("woke up".into())
        }
        ("pollables-flood", []) => Ok(pollables_flood().to_string()),
        ("clock-flood", [count]) => Ok(clock_flood(count.parse().ok()?).to_string()),
        ("stdout-flood", [bytes]) => stdout_flood(bytes.parse().ok()?),
        ("stdout-zeroes", []) => match get_stdout().write_zeroes(1 << 40) {
            Ok(()) => Err("wrote a terabyte".into()),
            Err(error) => Ok(kebab(error)),
        },
        ("stdin-skip", []) => get_stdin().blocking_skip(u64::MAX).map(|n| n.to_string()).map_err(kebab),
        _ => return None,
    })
}

/// Calls of this instance so far: a fresh one starts over.
fn count() -> u32 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static CALLS: AtomicU32 = AtomicU32::new(0);
    CALLS.fetch_add(1, Ordering::Relaxed) + 1
}

fn spin() -> Outcome {
    let mut n: u64 = 0;
    loop {
        n = std::hint::black_box(n.wrapping_add(1));
    }
}

#[allow(unconditional_recursion)]
fn recurse(depth: u64) -> u64 {
    let deeper = std::hint::black_box([depth; 4]);
    recurse(deeper[3] + 1) + deeper[0]
}

/// Takes memory a megabyte at a time and writes to all of it; says how many there were.
fn memory_bomb() -> usize {
    let mut taken: Vec<Vec<u8>> = Vec::new();
    loop {
        let mut block = Vec::new();
        if block.try_reserve_exact(1 << 20).is_err() {
            return taken.len();
        }
        block.resize(1 << 20, 1);
        taken.push(block);
        if taken.len() > 1 << 13 {
            return usize::MAX;
        }
    }
}

fn poll_flood(count: usize) -> usize {
    let pollables: Vec<Pollable> = (0..count).map(|_| subscribe_duration(0)).collect();
    let borrowed: Vec<&Pollable> = pollables.iter().collect();
    poll(&borrowed).len()
}

/// Never drops what it makes.
fn pollables_flood() -> usize {
    let mut made = Vec::new();
    loop {
        made.push(subscribe_duration(0));
        if made.len() > 10_000_000 {
            return made.len();
        }
    }
}

fn clock_flood(count: u64) -> u64 {
    let mut last = now();
    let mut backwards = 0;
    for _ in 0..count {
        let next = now();
        backwards += u64::from(next < last);
        last = next;
    }
    backwards
}

fn stdout_flood(bytes: usize) -> Outcome {
    let stream = get_stdout();
    let line = [b"0123456789abcdef".repeat(255), b"\n".to_vec()].concat();
    let mut written = 0;
    while written < bytes {
        stream.blocking_write_and_flush(&line).map_err(kebab)?;
        written += line.len();
    }
    Ok(written.to_string())
}
