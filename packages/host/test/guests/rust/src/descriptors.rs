//! Directories and files by WASI's own interface: every flag, and handles kept for longer than is good.

use crate::bindings::wasi::filesystem::preopens::get_directories;
use crate::bindings::wasi::filesystem::types::{
    Descriptor, DescriptorFlags, DescriptorType, NewTimestamp, OpenFlags, PathFlags,
};
use crate::bindings::wasi::io::streams::StreamError;
use crate::{Outcome, kebab};
use std::cell::RefCell;

thread_local! {
    /// A directory that was opened by one call and is used by later ones.
    static HELD: RefCell<Option<Descriptor>> = const { RefCell::new(None) };
}

pub fn run(operation: &str, args: &[&str]) -> Option<Outcome> {
    Some(match (operation, args) {
        ("fs-preopens", []) => Ok(preopens()),
        ("fs-hold", [path]) => hold(path),
        ("fs-held", [what, name]) => HELD.with_borrow(|held| match held {
            Some(directory) => one(directory, what, name).unwrap_or_else(|| Err(format!("no operation {what}"))),
            None => Err("nothing held".into()),
        }),
        ("fs-flood", [path]) => flood(path),
        ("fs-fill", [path]) => fill(path),
        ("fs-rename" | "fs-link", [from, to]) => two(operation, from, to),
        (what, [path]) => {
            let what = what.strip_prefix("fs-")?;
            let (directory, rest) = match locate(path) {
                Ok(found) => found,
                Err(error) => return Some(Err(error)),
            };
            one(&directory, what, &rest)?
        }
        _ => return None,
    })
}

fn one(directory: &Descriptor, what: &str, path: &str) -> Option<Outcome> {
    let follow = PathFlags::SYMLINK_FOLLOW;
    let (read, write) = (DescriptorFlags::READ, DescriptorFlags::WRITE);
    let open = |link, how, access| directory.open_at(link, path, how, access).map_err(kebab);
    let now = NewTimestamp::Now;
    Some(match what {
        "open" => open(follow, OpenFlags::empty(), read).map(said),
        "open-no-follow" => open(PathFlags::empty(), OpenFlags::empty(), read).map(said),
        "open-write" => open(follow, OpenFlags::empty(), write).map(said),
        "create" => open(follow, OpenFlags::CREATE, write).map(said),
        "create-for-reading" => open(follow, OpenFlags::CREATE, read).map(said),
        "truncate" => open(follow, OpenFlags::TRUNCATE, write).map(said),
        "truncate-for-reading" => open(follow, OpenFlags::TRUNCATE, read).map(said),
        "mutate-directory" => open(follow, OpenFlags::DIRECTORY, read | DescriptorFlags::MUTATE_DIRECTORY)
            .and_then(|d| d.create_directory_at("made-by-mutation").map_err(kebab))
            .map(said),
        "set-size-of-read" => open(follow, OpenFlags::empty(), read)
            .and_then(|file| file.set_size(0).map_err(kebab))
            .map(said),
        "set-times-of-read" => open(follow, OpenFlags::empty(), read)
            .and_then(|file| file.set_times(now, now).map_err(kebab))
            .map(said),
        "write-to-read" => open(follow, OpenFlags::empty(), read)
            .and_then(|file| file.write(b"x", 0).map_err(kebab))
            .map(|n| n.to_string()),
        "set-times" => directory.set_times_at(follow, path, now, now).map_err(kebab).map(said),
        "make-directory" => directory.create_directory_at(path).map_err(kebab).map(said),
        "remove-directory" => directory.remove_directory_at(path).map_err(kebab).map(said),
        "unlink" => directory.unlink_file_at(path).map_err(kebab).map(said),
        "symlink" => directory.symlink_at("target", path).map_err(kebab).map(said),
        "symlink-up" => directory.symlink_at("..", path).map_err(kebab).map(said),
        "read-link" => directory.readlink_at(path).map_err(kebab),
        "stat" => directory.stat_at(follow, path).map_err(kebab).map(|found| kind(found.type_)),
        "stat-no-follow" => directory.stat_at(PathFlags::empty(), path).map_err(kebab).map(|found| kind(found.type_)),
        "hash" => directory.metadata_hash_at(follow, path).map_err(kebab).map(said),
        "list" => open(follow, OpenFlags::DIRECTORY, read).and_then(|directory| list(&directory)),
        "list-here" => list(directory),
        "read" => open(follow, OpenFlags::empty(), read).and_then(|file| contents(&file)),
        "read-endless" => open(follow, OpenFlags::empty(), read).and_then(|file| endless(&file)),
        "set-size-huge" => open(follow, OpenFlags::CREATE, write)
            .and_then(|file| file.set_size(1 << 40).map_err(kebab))
            .map(said),
        "write-far" => open(follow, OpenFlags::CREATE, write)
            .and_then(|file| file.write(b"x", 1 << 40).map_err(kebab))
            .map(said),
        "zeroes" => open(follow, OpenFlags::CREATE, write).and_then(|file| zeroes(&file)),
        "advise-all" => open(follow, OpenFlags::empty(), read).and_then(|file| {
            let advice = crate::bindings::wasi::filesystem::types::Advice::WillNeed;
            file.advise(u64::MAX, u64::MAX, advice).map_err(kebab).map(said)
        }),
        _ => return None,
    })
}

fn two(what: &str, from: &str, to: &str) -> Outcome {
    let ((from, old), (to, new)) = (locate(from)?, locate(to)?);
    match what {
        "fs-rename" => from.rename_at(&old, &to, &new),
        _ => from.link_at(PathFlags::empty(), &old, &to, &new),
    }
    .map_err(kebab)
    .map(said)
}

fn preopens() -> String {
    let mut paths: Vec<String> = get_directories().into_iter().map(|(_, path)| path).collect();
    paths.sort();
    paths.join(" ")
}

/// The innermost granted directory that holds a path, and the path in it; `no-grant` if there is none.
fn locate(path: &str) -> Result<(Descriptor, String), String> {
    get_directories()
        .into_iter()
        .filter_map(|(directory, root)| {
            let rest = path.strip_prefix(&root)?;
            (rest.is_empty() || rest.starts_with('/') || root.ends_with('/')).then(|| (root.len(), directory, rest))
        })
        .max_by_key(|(length, ..)| *length)
        .map(|(_, directory, rest)| {
            let rest = rest.strip_prefix('/').unwrap_or(rest);
            (directory, if rest.is_empty() { ".".into() } else { rest.into() })
        })
        .ok_or_else(|| "no-grant".into())
}

fn hold(path: &str) -> Outcome {
    let (directory, rest) = locate(path)?;
    let held = directory
        .open_at(PathFlags::empty(), &rest, OpenFlags::DIRECTORY, DescriptorFlags::READ | DescriptorFlags::MUTATE_DIRECTORY)
        .map_err(kebab)?;
    HELD.set(Some(held));
    Ok(String::new())
}

fn list(directory: &Descriptor) -> Outcome {
    let stream = directory.read_directory().map_err(kebab)?;
    let mut names = Vec::new();
    while let Some(entry) = stream.read_directory_entry().map_err(kebab)? {
        names.push(entry.name);
    }
    names.sort();
    Ok(names.join(" "))
}

fn contents(file: &Descriptor) -> Outcome {
    let (bytes, _) = file.read(1 << 20, 0).map_err(kebab)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Asks for more than there is, more than fits, and from beyond every end.
fn endless(file: &Descriptor) -> Outcome {
    let mut said = Vec::new();
    for (length, offset) in [(u64::MAX, 0), (1 << 40, 0), (1 << 32, 0), (10, u64::MAX), (10, 1 << 53)] {
        said.push(match file.read(length, offset) {
            Ok((bytes, end)) => format!("{} {end}", bytes.len()),
            Err(error) => kebab(error),
        });
    }
    let stream = file.read_via_stream(0).map_err(kebab)?;
    said.push(match stream.blocking_skip(u64::MAX) {
        Ok(skipped) => format!("skipped {skipped}"),
        Err(error) => kebab(error),
    });
    Ok(said.join(", "))
}

fn zeroes(file: &Descriptor) -> Outcome {
    let stream = file.write_via_stream(0).map_err(kebab)?;
    match stream.write_zeroes(1 << 40) {
        Ok(()) => Err("wrote a terabyte".into()),
        Err(StreamError::Closed) => Ok("closed".into()),
        Err(StreamError::LastOperationFailed(_)) => Ok("failed".into()),
    }
}

/// Opens one file again and again, and keeps every handle; says how many there were and why no more.
fn flood(path: &str) -> Outcome {
    let (directory, rest) = locate(path)?;
    let mut open = Vec::new();
    loop {
        match directory.open_at(PathFlags::empty(), &rest, OpenFlags::empty(), DescriptorFlags::READ) {
            Ok(file) => open.push(file),
            Err(error) => return Ok(format!("{} {}", open.len(), kebab(error))),
        }
        if open.len() >= 200_000 {
            return Err("no limit".into());
        }
    }
}

/// Makes directories until it is stopped.
fn fill(path: &str) -> Outcome {
    let (directory, rest) = locate(path)?;
    for i in 0..1_000_000 {
        if let Err(error) = directory.create_directory_at(&format!("{rest}/{i}")) {
            return Ok(format!("{i} {}", kebab(error)));
        }
    }
    Err("no limit".into())
}

fn kind(kind: DescriptorType) -> String {
    kebab(kind)
}

fn said<T>(_: T) -> String {
    "ok".into()
}
