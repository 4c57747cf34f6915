//! What a plugin does all day, with Rust's standard library; HTTP is WASI's, since the library has none.

use crate::{Outcome, network};
use std::collections::BTreeMap;
use std::io::{BufRead, Read, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{env, fs, io, thread};

pub fn run(operation: &str, args: &[&str]) -> Option<Outcome> {
    Some(match (operation, args) {
        ("read-file", [path]) => fs::read_to_string(path).map_err(name),
        ("write-file", [path, text]) => fs::write(path, text).map(done).map_err(name),
        ("append-file", [path, text]) => append(path, text).map(done).map_err(name),
        ("list", [path]) => list(path).map_err(name),
        ("stat", [path]) => stat(path).map_err(name),
        ("make-directory", [path]) => fs::create_dir(path).map(done).map_err(name),
        ("remove", [path]) => fs::remove_file(path).map(done).map_err(name),
        ("rename", [from, to]) => fs::rename(from, to).map(done).map_err(name),
        ("env", [key]) => env::var(key).map_err(|_| "unset".into()),
        ("variables", []) => Ok(env::vars().map(|(key, value)| format!("{key}={value}\n")).collect()),
        ("args", []) => Ok(env::args().collect::<Vec<_>>().join(" ")),
        ("wall-clock", []) => Ok(seconds_since_1970().to_string()),
        ("sleep", [ms]) => Ok(sleep(ms.parse().ok()?).to_string()),
        ("random", []) => Ok(random_number().to_string()),
        ("remember", [text, times]) => Ok(remember(text, times.parse().ok()?)),
        ("print", [text]) => io::stdout().write_all(text.as_bytes()).map(done).map_err(name),
        ("print-error", [text]) => io::stderr().write_all(text.as_bytes()).map(done).map_err(name),
        ("read-line", []) => read_line().map_err(name),
        ("http-get", [url]) => network::get(url),
        ("panic", [text]) => panic!("{text}"),
        _ => return None,
    })
}

/// All that it was ever told, in the order of its numbers.
static REMEMBERED: Mutex<BTreeMap<usize, String>> = Mutex::new(BTreeMap::new());

fn remember(text: &str, times: usize) -> String {
    let mut remembered = REMEMBERED.lock().unwrap();
    for _ in 0..times {
        let number = remembered.len();
        remembered.insert(number, text.to_owned());
    }
    format!("{} {}", remembered.len(), remembered.values().map(String::len).sum::<usize>())
}

fn append(path: &str, text: &str) -> io::Result<()> {
    fs::OpenOptions::new().append(true).open(path)?.write_all(text.as_bytes())
}

fn list(path: &str) -> io::Result<String> {
    let mut names = fs::read_dir(path)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names.join(" "))
}

fn stat(path: &str) -> io::Result<String> {
    let found = fs::metadata(path)?;
    let kind = if found.is_dir() { "directory" } else { "file" };
    Ok(format!("{kind} {}", if found.is_dir() { 0 } else { found.len() }))
}

fn seconds_since_1970() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// Milliseconds that went by.
fn sleep(ms: u64) -> u128 {
    let start = Instant::now();
    thread::sleep(Duration::from_millis(ms));
    start.elapsed().as_millis()
}

/// The seeds of a hash map are the library's way to ask for random bytes.
fn random_number() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}

fn read_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().lock().take(1 << 16).read_line(&mut line)?;
    Ok(line)
}

fn done(_: ()) -> String {
    String::new()
}

/// WASI's name of what the library reports as a number of libc.
fn name(error: io::Error) -> String {
    match error.raw_os_error() {
        Some(2) => "access".into(),
        Some(8) => "bad-descriptor".into(),
        Some(19) => "quota".into(),
        Some(28) => "invalid".into(),
        Some(32) => "loop".into(),
        Some(37) => "name-too-long".into(),
        Some(44) => "no-entry".into(),
        Some(54) => "not-directory".into(),
        Some(63) => "not-permitted".into(),
        Some(69) => "read-only".into(),
        Some(76) => "no-grant".into(),
        Some(number) => format!("errno {number}"),
        None => format!("{:?}: {error}", error.kind()),
    }
}
