//! A program that answers by CGI: the path says what.
use std::env;
use std::io::{Read, Write, stdin, stdout};
use std::process::exit;

fn main() {
    let info = env::var("PATH_INFO").unwrap_or_default();
    let (what, rest) = info.trim_start_matches('/').split_once('/').unwrap_or((info.trim_start_matches('/'), ""));
    match what {
        "echo" => {
            head();
            let mut buffer = vec![0; 32 << 10];
            loop {
                let read = stdin().read(&mut buffer).expect("stdin can be read");
                if read == 0 {
                    break;
                }
                stdout().write_all(&buffer[..read]).expect("stdout can be written");
            }
        }
        "env" => {
            head();
            let mut all: Vec<_> = env::vars().collect();
            all.sort();
            for (key, value) in all {
                println!("{key}={value}");
            }
        }
        "args" => {
            head();
            for arg in env::args() {
                println!("{arg}");
            }
        }
        "large" => {
            head();
            let line = [b'x'; 1000];
            for _ in 0..rest.parse().unwrap_or(0) {
                stdout().write_all(&line).expect("stdout can be written");
            }
        }
        "exit" => {
            head();
            println!("before the end");
            exit(rest.parse().unwrap_or(1));
        }
        "panic" => panic!("as it was asked to"),
        "file" => {
            head();
            match std::fs::read_to_string(format!("/{rest}")) {
                Ok(text) => print!("{text}"),
                Err(error) => print!("!{:?}", error.kind()),
            }
        }
        "write" => {
            head();
            match std::fs::write(format!("/{rest}"), "written") {
                Ok(()) => print!("written"),
                Err(error) => print!("!{:?}", error.kind()),
            }
        }
        _ => {
            eprintln!("asked for {info}");
            head();
            println!("hello from Rust");
        }
    }
}

fn head() {
    print!("Content-Type: text/plain; charset=utf-8\n\n");
}
