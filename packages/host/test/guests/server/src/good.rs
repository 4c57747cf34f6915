//! As a good server answers.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::bindings::wasi::http::outgoing_handler::handle;
use crate::bindings::wasi::http::types::{
    Fields, IncomingBody, IncomingRequest, Method, OutgoingBody, OutgoingRequest, OutgoingResponse, ResponseOutparam,
    Scheme,
};
use crate::bindings::wasi::io::streams::StreamError;
use crate::{begin, text, write};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Gives `out` back for a path that is not known here.
pub fn answer(
    name: &str,
    arg: &str,
    query: &str,
    request: IncomingRequest,
    out: ResponseOutparam,
) -> Option<ResponseOutparam> {
    match name {
        "hello" => text(out, "hello\n"),
        "count" => text(out, &COUNT.fetch_add(1, Ordering::Relaxed).to_string()),
        "request" => text(out, &shown(&request)),
        "size" => text(out, &size(&request)),
        "echo" => echo(&request, out),
        "status" => {
            let body = begin(out, arg.parse().expect("a status"), &[]);
            write(&body, b"body").expect("written");
            OutgoingBody::finish(body, None).expect("finished");
        }
        "empty" => {
            let response = OutgoingResponse::new(Fields::new());
            response.set_status_code(arg.parse().expect("a status")).expect("a status");
            ResponseOutparam::set(out, Ok(response));
        }
        "sized" => {
            let body = begin(out, 200, &[("content-length", arg)]);
            write(&body, &vec![b'x'; arg.parse().expect("a number")]).expect("written");
            OutgoingBody::finish(body, None).expect("finished");
        }
        "big" => {
            let body = begin(out, 200, &[]);
            let stream = body.write().expect("a stream");
            let chunk = vec![b'x'; 1 << 16];
            for _ in 0..arg.parse().expect("a number") {
                stream.blocking_write_and_flush(&chunk).expect("written");
            }
            drop(stream);
            OutgoingBody::finish(body, None).expect("finished");
        }
        "cookies" => {
            let body = begin(out, 200, &[("set-cookie", "a=1"), ("x-one", "1"), ("set-cookie", "b=2"), ("x-one", "2")]);
            OutgoingBody::finish(body, None).expect("finished");
        }
        "trailers" => {
            let body = begin(out, 200, &[]);
            write(&body, b"data").expect("written");
            let trailers = Fields::from_list(&[("x-sum".into(), b"42".into())]).expect("fields");
            OutgoingBody::finish(body, Some(trailers)).expect("finished");
        }
        "early-hints" => {
            let hints = Fields::from_list(&[("link".into(), b"</a.css>; rel=preload; as=style".into())]);
            out.send_informational(103, hints.expect("fields")).expect("sent");
            text(out, "late");
        }
        // The whole body is there before the response is.
        "early-body" => {
            let response = OutgoingResponse::new(Fields::new());
            let body = response.body().expect("a body");
            write(&body, b"early").expect("written");
            OutgoingBody::finish(body, None).expect("finished");
            ResponseOutparam::set(out, Ok(response));
        }
        "forbidden" => {
            let refused = ["connection", "transfer-encoding", "upgrade", "keep-alive", "trailer", "host"]
                .into_iter()
                .filter(|name| Fields::new().append(name, b"x").is_err());
            text(out, &refused.collect::<Vec<_>>().join(" "))
        }
        "fetch" => text(out, &fetch(query)),
        "env" => text(out, &std::env::var(arg).unwrap_or_else(|_| "unset".into())),
        _ => return Some(out),
    }
    None
}

fn shown(request: &IncomingRequest) -> String {
    let fields = request.headers().entries();
    let lines = fields.iter().map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value)));
    format!(
        "{:?} {:?} {:?} {:?}\n{}",
        request.method(),
        request.scheme(),
        request.authority(),
        request.path_with_query(),
        lines.collect::<String>()
    )
}

/// How many bytes there were, and what came after them.
fn size(request: &IncomingRequest) -> String {
    let body = request.consume().expect("a body");
    let stream = body.stream().expect("a stream");
    let mut size = 0;
    let end = loop {
        match stream.blocking_read(1 << 16) {
            Ok(bytes) => size += bytes.len(),
            Err(StreamError::Closed) => break "",
            Err(StreamError::LastOperationFailed(_)) => break " broken",
        }
    };
    drop(stream);
    if !end.is_empty() {
        return format!("{size}{end}");
    }
    let future = IncomingBody::finish(body);
    future.subscribe().block();
    match future.get() {
        Some(Ok(Ok(Some(fields)))) => format!("{size} {:?}", fields.entries().len()),
        Some(Ok(Ok(None))) => format!("{size}"),
        _ => format!("{size} without trailers"),
    }
}

/// Sends what it receives, as it receives it.
fn echo(request: &IncomingRequest, out: ResponseOutparam) {
    let body = request.consume().expect("a body");
    let stream = body.stream().expect("a stream");
    let answer = begin(out, 200, &[]);
    let sink = answer.write().expect("a stream");
    while let Ok(bytes) = stream.blocking_read(1 << 14) {
        for chunk in bytes.chunks(4096) {
            sink.blocking_write_and_flush(chunk).expect("written");
        }
    }
    drop((stream, sink));
    OutgoingBody::finish(answer, None).expect("finished");
}

fn fetch(url: &str) -> String {
    let (authority, path) = url.trim_start_matches("http://").split_once('/').expect("a URL");
    let request = OutgoingRequest::new(Fields::new());
    request.set_method(&Method::Get).expect("a method");
    request.set_scheme(Some(&Scheme::Http)).expect("a scheme");
    request.set_authority(Some(authority)).expect("an authority");
    request.set_path_with_query(Some(&format!("/{path}"))).expect("a path");
    let future = match handle(request, None) {
        Ok(future) => future,
        Err(code) => return code.to_string(),
    };
    future.subscribe().block();
    match future.get() {
        Some(Ok(Ok(response))) => response.status().to_string(),
        Some(Ok(Err(code))) => code.to_string(),
        _ => "early".into(),
    }
}
