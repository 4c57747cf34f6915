//! One HTTP request by WASI's own interface, with its answer read as it comes.

use crate::bindings::wasi::http::outgoing_handler::handle;
use crate::bindings::wasi::http::types::{
    Fields, FutureIncomingResponse, IncomingBody, IncomingResponse, Method, OutgoingRequest, Scheme,
};
use crate::bindings::wasi::io::streams::{InputStream, StreamError};

/// Fields are dropped in this order, which is the one that the resources ask for.
pub struct Answer {
    stream: InputStream,
    _body: IncomingBody,
    _response: IncomingResponse,
}

impl Answer {
    /// What has arrived, waiting for it; empty at the end.
    pub fn chunk(&mut self) -> Result<String, String> {
        match self.stream.blocking_read(1 << 16) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(StreamError::Closed) => Ok(String::new()),
            Err(StreamError::LastOperationFailed(error)) => Err(error.to_debug_string()),
        }
    }

    pub fn text(mut self) -> Result<String, String> {
        let mut text = String::new();
        loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Ok(text);
            }
            text += &chunk;
        }
    }
}

/// Begins a request and does not wait for it.
pub fn begin(method: &str, url: &str) -> Result<FutureIncomingResponse, String> {
    let (scheme, rest) = url.split_once("://").ok_or("not a URL")?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let request = OutgoingRequest::new(Fields::new());
    request.set_method(&Method::Other(method.into())).map_err(|()| "method")?;
    let scheme = if scheme == "https" { Scheme::Https } else { Scheme::Http };
    request.set_scheme(Some(&scheme)).map_err(|()| "scheme")?;
    request.set_authority(Some(authority)).map_err(|()| "authority")?;
    request.set_path_with_query(Some(if path.is_empty() { "/" } else { path })).map_err(|()| "path")?;
    handle(request, None).map_err(|code| code.to_string())
}

pub fn request(method: &str, url: &str) -> Result<Answer, String> {
    let future = begin(method, url)?;
    future.subscribe().block();
    let response = future.get().ok_or("early")?.map_err(|()| "taken")?.map_err(|code| code.to_string())?;
    let body = response.consume().map_err(|()| "consumed")?;
    let stream = body.stream().map_err(|()| "taken")?;
    Ok(Answer { stream, _body: body, _response: response })
}
