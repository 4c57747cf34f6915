//! What servers are compared by: a text, a JSON API, a stream in and out, and a page of Markdown.

mod bindings {
    wit_bindgen::generate!({
        world: "bench:site/site",
        path: [
            "../../../wit/deps/wasi-io@0.2.12",
            "../../../wit/deps/wasi-clocks@0.2.12",
            "../../../wit/deps/wasi-random@0.2.12",
            "../../../wit/deps/wasi-sockets@0.2.12",
            "../../../wit/deps/wasi-filesystem@0.2.12",
            "../../../wit/deps/wasi-cli@0.2.12",
            "../../../wit/deps/wasi-http@0.2.12",
            "wit",
        ],
        generate_all,
    });
    export!(Site with_types_in self);

    use super::Site;
}

use bindings::exports::wasi::http::incoming_handler::Guest;
use bindings::wasi::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};
use serde_json::{Value, json};

struct Site;

impl Guest for Site {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        match request.path_with_query().as_deref() {
            Some("/hello") => answer(out, "text/plain; charset=utf-8", b"hello\n"),
            Some("/orders") => answer(out, "application/json", total(&read(&request)).to_string().as_bytes()),
            Some("/markdown") => {
                let mut html = String::new();
                pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(PAGE));
                answer(out, "text/html; charset=utf-8", html.as_bytes());
            }
            Some("/echo") => echo(&request, out),
            _ => drop(begin(out, 404, "text/plain")),
        }
    }
}

const PAGE: &str = include_str!("page.md");

/// Sums up what is in an order.
fn total(body: &[u8]) -> Value {
    let Ok(order) = serde_json::from_slice::<Value>(body) else {
        return json!({ "error": "not JSON" });
    };
    let lines = order["lines"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of = |line: &Value| line["price"].as_f64().unwrap_or(0.0) * line["count"].as_f64().unwrap_or(0.0);
    json!({ "id": order["id"], "lines": lines.len(), "total": lines.iter().map(of).sum::<f64>() })
}

fn read(request: &IncomingRequest) -> Vec<u8> {
    let body = request.consume().expect("a body");
    let stream = body.stream().expect("a stream");
    let mut all = Vec::new();
    while let Ok(bytes) = stream.blocking_read(1 << 16) {
        all.extend_from_slice(&bytes);
    }
    all
}

/// Sends what it receives, as it receives it.
fn echo(request: &IncomingRequest, out: ResponseOutparam) {
    let body = request.consume().expect("a body");
    let stream = body.stream().expect("a stream");
    let answer = begin(out, 200, "application/octet-stream");
    let sink = answer.write().expect("a stream");
    while let Ok(bytes) = stream.blocking_read(1 << 16) {
        for chunk in bytes.chunks(4096) {
            // The client may leave at any time.
            if sink.blocking_write_and_flush(chunk).is_err() {
                return;
            }
        }
    }
    drop((stream, sink));
    drop(OutgoingBody::finish(answer, None));
}

fn answer(out: ResponseOutparam, kind: &str, bytes: &[u8]) {
    let body = begin(out, 200, kind);
    let stream = body.write().expect("a stream");
    for chunk in bytes.chunks(4096) {
        stream.blocking_write_and_flush(chunk).expect("written");
    }
    drop(stream);
    OutgoingBody::finish(body, None).expect("finished");
}

fn begin(out: ResponseOutparam, status: u16, kind: &str) -> OutgoingBody {
    let headers = Fields::new();
    headers.append("content-type", kind.as_bytes()).expect("a field");
    let response = OutgoingResponse::new(headers);
    response.set_status_code(status).expect("a status");
    let body = response.body().expect("a body");
    ResponseOutparam::set(out, Ok(response));
    body
}
