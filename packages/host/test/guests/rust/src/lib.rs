//! One component with two halves: `program` is what an honest plugin does, with the standard library; `descriptors`,
//! `network`, `resources` and `services` speak to WASI directly, to do what no standard library would.

mod descriptors;
mod network;
mod program;
mod resources;
mod services;

mod bindings {
    wit_bindgen::generate!({
        world: "test:guest/rust-guest",
        path: [
            "../../../../../wit/deps/wasi-io@0.2.12",
            "../../../../../wit/deps/wasi-clocks@0.2.12",
            "../../../../../wit/deps/wasi-random@0.2.12",
            "../../../../../wit/deps/wasi-sockets@0.2.12",
            "../../../../../wit/deps/wasi-filesystem@0.2.12",
            "../../../../../wit/deps/wasi-cli@0.2.12",
            "../../../../../wit/deps/wasi-http@0.2.12",
            "../../../../../wit/deps/wasi-config@0.2.0-rc.1",
            "../../../../../wit/deps/wasi-keyvalue@0.2.0-draft2",
            "../../../../../wit/deps/wasi-logging@0.1.0-draft",
            "../wit",
        ],
        generate_all,
    });
    export!(Guest with_types_in self);

    use super::Guest;
}

struct Guest;

/// What an operation came to: a text for the test to look at, or the name of an error.
pub type Outcome = Result<String, String>;

impl bindings::exports::test::guest::program::Guest for Guest {
    fn run(operation: String, args: Vec<String>) -> Outcome {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        None.or_else(|| program::run(&operation, &args))
            .or_else(|| descriptors::run(&operation, &args))
            .or_else(|| network::run(&operation, &args))
            .or_else(|| resources::run(&operation, &args))
            .or_else(|| services::run(&operation, &args))
            .unwrap_or_else(|| Err(format!("no operation {operation}/{}", args.len())))
    }
}

/// WIT's name of an error: an enum prints as `ErrorCode { code: 20, name: "no-entry", … }`, a variant as
/// `ErrorCode::ConnectionRefused`.
pub fn kebab(debug: impl std::fmt::Debug) -> String {
    let text = format!("{debug:?}");
    if let Some((_, rest)) = text.split_once("name: \"") {
        return rest.split('"').next().unwrap_or("").into();
    }
    let end = text.find(['(', ' ', '{']).unwrap_or(text.len());
    let mut name = String::new();
    for c in text[..end].rsplit("::").next().unwrap_or("").chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}
