//! A JSON API: says what it was asked, and asks another server, which it may or may not reach.

mod bindings {
    wit_bindgen::generate!({ world: "acme:serve/site", path: "wit", generate_all });
    export!(Api with_types_in self);

    use super::Api;
}

use bindings::exports::wasi::http::incoming_handler::Guest;
use bindings::wasi::http::outgoing_handler;
use bindings::wasi::http::types::{
    Fields, IncomingRequest, OutgoingBody, OutgoingRequest, OutgoingResponse, ResponseOutparam, Scheme,
};

struct Api;

impl Guest for Api {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let path = request.path_with_query().unwrap_or_default();
        if path.ends_with("/upstream") {
            answer(out, 200, &format!("{{\"upstream\":\"{}\"}}\n", upstream()));
        } else {
            answer(out, 200, &format!("{{\"language\":\"Rust\",\"path\":{path:?}}}\n"));
        }
    }
}

/// What comes of asking another server.
fn upstream() -> String {
    let request = OutgoingRequest::new(Fields::new());
    request.set_scheme(Some(&Scheme::Https)).expect("a scheme");
    request.set_authority(Some("api.example")).expect("a host");
    match outgoing_handler::handle(request, None) {
        Ok(_) => "asked".to_string(),
        Err(code) => format!("{code:?}").split('(').next().unwrap_or_default().to_string(),
    }
}

fn answer(out: ResponseOutparam, status: u16, json: &str) {
    let headers = Fields::new();
    headers.append("content-type", b"application/json").expect("a field");
    let response = OutgoingResponse::new(headers);
    response.set_status_code(status).expect("a status");
    let body = response.body().expect("a body");
    ResponseOutparam::set(out, Ok(response));
    let stream = body.write().expect("a stream");
    stream.blocking_write_and_flush(json.as_bytes()).expect("the client takes it");
    drop(stream);
    OutgoingBody::finish(body, None).expect("the body is whole");
}
