//! Keeps files, streams and sockets open from one call to the next, so that a test can change the grants in between.

mod http;

mod bindings {
    wit_bindgen::generate!({
        world: "test:keeper/keeper",
        path: [
            "../../../../../wit/deps/wasi-io@0.2.12",
            "../../../../../wit/deps/wasi-clocks@0.2.12",
            "../../../../../wit/deps/wasi-random@0.2.12",
            "../../../../../wit/deps/wasi-sockets@0.2.12",
            "../../../../../wit/deps/wasi-filesystem@0.2.12",
            "../../../../../wit/deps/wasi-cli@0.2.12",
            "../../../../../wit/deps/wasi-http@0.2.12",
            "wit",
        ],
        generate_all,
    });
    export!(Keeper with_types_in self);

    use super::Keeper;
}

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{self, File, ReadDir};
use std::io::{Read, Seek, SeekFrom, Write};
use std::net::{TcpStream, UdpSocket};

use bindings::exports::test::keeper::keeping::Guest;
use bindings::wasi::http::types::FutureIncomingResponse;

enum Kept {
    File(File),
    Dir(ReadDir),
    Tcp(TcpStream),
    Udp(UdpSocket),
    Http(http::Answer),
    /// Kept alive by being here.
    Begun(#[allow(dead_code)] FutureIncomingResponse),
}

thread_local! {
    static KEPT: RefCell<HashMap<String, Kept>> = RefCell::default();
}

type Outcome = Result<String, String>;

struct Keeper;

impl Guest for Keeper {
    fn run(operation: String, args: Vec<String>) -> Outcome {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        once(&operation, &args)
            .or_else(|| open(&operation, &args))
            .or_else(|| with_kept(&operation, &args))
            .unwrap_or_else(|| Err(format!("unknown operation {operation}")))
    }
}

fn said<T: ToString>(result: std::io::Result<T>) -> Outcome {
    result.map(|value| value.to_string()).map_err(|error| error.kind().to_string())
}

fn done(result: std::io::Result<()>) -> Outcome {
    said(result.map(|()| "done"))
}

fn once(operation: &str, args: &[&str]) -> Option<Outcome> {
    Some(match (operation, args) {
        ("read", [path]) => said(fs::read_to_string(path)),
        ("write", [path, text]) => done(fs::write(path, text)),
        ("stat", [path]) => said(fs::metadata(path).map(|data| data.len())),
        ("list", [path]) => said(fs::read_dir(path).map(|entries| entries.count())),
        ("mkdir", [path]) => done(fs::create_dir(path)),
        ("remove", [path]) => done(fs::remove_file(path)),
        ("rename", [from, to]) => done(fs::rename(from, to)),
        ("env", [key]) => std::env::var(key).map_err(|error| error.to_string()),
        ("print", [text, count]) => {
            print!("{}", text.repeat(count.parse().ok()?));
            Ok("printed".into())
        }
        ("get", [url]) => http::request("GET", url).and_then(http::Answer::text),
        ("send", [method, url]) => http::request(method, url).and_then(http::Answer::text),
        ("tcp", [address]) => said(TcpStream::connect(*address).map(|_| "connected")),
        ("repeat", [count, rest @ ..]) => {
            let count: usize = count.parse().ok()?;
            let refused = (0..count).filter(|_| once(rest[0], &rest[1..]).is_some_and(|outcome| outcome.is_err()));
            Ok(refused.count().to_string())
        }
        ("spin", []) => loop {
            std::hint::black_box(0);
        },
        ("panic", []) => panic!("as asked"),
        _ => return None,
    })
}

fn open(operation: &str, args: &[&str]) -> Option<Outcome> {
    let kept = match (operation, args) {
        ("open-read", [_, path]) => said_kept(File::open(path), Kept::File),
        ("open-write", [_, path]) => {
            said_kept(File::options().read(true).write(true).create(true).truncate(false).open(path), Kept::File)
        }
        ("open-dir", [_, path]) => said_kept(fs::read_dir(path), Kept::Dir),
        ("open-tcp", [_, address]) => said_kept(TcpStream::connect(*address), Kept::Tcp),
        ("open-udp", [_]) => said_kept(
            UdpSocket::bind("0.0.0.0:0").and_then(|socket| socket.set_nonblocking(true).map(|()| socket)),
            Kept::Udp,
        ),
        ("begin-http", [_, url]) => http::begin("GET", url).map(Kept::Begun),
        ("open-http", [_, url]) => http::request("GET", url).map(Kept::Http),
        _ => return None,
    };
    Some(kept.map(|kept| {
        KEPT.with_borrow_mut(|all| all.insert(args[0].into(), kept));
        "open".into()
    }))
}

fn said_kept<T>(result: std::io::Result<T>, keep: fn(T) -> Kept) -> Result<Kept, String> {
    result.map(keep).map_err(|error| error.kind().to_string())
}

fn with_kept(operation: &str, args: &[&str]) -> Option<Outcome> {
    KEPT.with_borrow_mut(|all| {
        let (name, rest) = args.split_first()?;
        if operation == "drop" {
            return Some(Ok(all.remove(*name).is_some().to_string()));
        }
        Some(match (operation, all.get_mut(*name)?, rest) {
            ("use-read", Kept::File(file), []) => {
                let mut text = String::new();
                said(file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_string(&mut text)).map(|_| text))
            }
            ("use-write", Kept::File(file), [text]) => done(file.write_all(text.as_bytes())),
            ("use-stat", Kept::File(file), []) => said(file.metadata().map(|data| data.len())),
            ("use-next", Kept::Dir(entries), []) => match entries.next() {
                None => Ok("end".into()),
                Some(entry) => said(entry.map(|entry| entry.file_name().to_string_lossy().into_owned())),
            },
            ("use-write", Kept::Tcp(stream), [text]) => done(stream.write_all(text.as_bytes())),
            ("use-read", Kept::Tcp(stream), []) => {
                let mut bytes = [0; 64];
                said(stream.read(&mut bytes).map(|count| String::from_utf8_lossy(&bytes[..count]).into_owned()))
            }
            ("use-send", Kept::Udp(socket), [to, text]) => said(socket.send_to(text.as_bytes(), *to)),
            ("use-receive", Kept::Udp(socket), []) => {
                let mut bytes = [0; 64];
                said(socket.recv(&mut bytes).map(|count| String::from_utf8_lossy(&bytes[..count]).into_owned()))
            }
            ("use-read", Kept::Http(answer), []) => answer.chunk(),
            _ => return None,
        })
    })
}
