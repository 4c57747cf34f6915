//! Answers requests, each path in its own way: as a good server does, and as a bad one might.

mod bad;
mod good;

mod bindings {
    wit_bindgen::generate!({
        world: "test:server/server",
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
        features: ["informational-outbound-responses"],
        generate_all,
    });
    export!(Server with_types_in self);

    use super::Server;
}

use bindings::exports::wasi::http::incoming_handler::Guest;
use bindings::wasi::http::types::{
    Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam,
};
use bindings::wasi::io::streams::StreamError;

struct Server;

impl Guest for Server {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let mut parts = path.trim_start_matches('/').split('/');
        let name = parts.next().unwrap_or_default();
        let arg = parts.next().unwrap_or_default();
        if let Some(out) = good::answer(name, arg, query, request, out) {
            bad::answer(name, arg, out);
        }
    }
}

/// Begins a response: its body is to be written, and finished.
pub fn begin(out: ResponseOutparam, status: u16, fields: &[(&str, &str)]) -> OutgoingBody {
    let headers = Fields::new();
    for (name, value) in fields {
        headers.append(name, value.as_bytes()).expect("a field");
    }
    let response = OutgoingResponse::new(headers);
    response.set_status_code(status).expect("a status");
    let body = response.body().expect("a body");
    ResponseOutparam::set(out, Ok(response));
    body
}

pub fn write(body: &OutgoingBody, bytes: &[u8]) -> Result<(), StreamError> {
    let stream = body.write().expect("a stream");
    for chunk in bytes.chunks(4096) {
        stream.blocking_write_and_flush(chunk)?;
    }
    Ok(())
}

pub fn text(out: ResponseOutparam, text: &str) {
    let body = begin(out, 200, &[("content-type", "text/plain; charset=utf-8")]);
    write(&body, text.as_bytes()).expect("written");
    OutgoingBody::finish(body, None).expect("finished");
}
