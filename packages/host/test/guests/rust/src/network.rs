//! HTTP and sockets, by WASI's own interfaces.

use crate::bindings::wasi::http::outgoing_handler::handle;
use crate::bindings::wasi::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingResponse, Method, OutgoingBody, OutgoingRequest,
    RequestOptions, Scheme,
};
use crate::bindings::wasi::io::streams::{InputStream, OutputStream, StreamError};
use crate::bindings::wasi::sockets::instance_network::instance_network;
use crate::bindings::wasi::sockets::ip_name_lookup::resolve_addresses;
use crate::bindings::wasi::sockets::network::{
    ErrorCode as SocketError, IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress,
};
use crate::bindings::wasi::sockets::tcp::TcpSocket;
use crate::bindings::wasi::sockets::tcp_create_socket::create_tcp_socket;
use crate::bindings::wasi::sockets::udp_create_socket::create_udp_socket;
use crate::{Outcome, kebab};

pub fn run(operation: &str, args: &[&str]) -> Option<Outcome> {
    Some(match (operation, args) {
        ("http", [method, scheme, authority, path]) => {
            request(method, scheme, authority, path, &[]).and_then(|request| send(request, None))
        }
        ("http-with-field", [url, name, value]) => {
            let (scheme, authority, path) = parts(url)?;
            request("GET", scheme, authority, path, &[(name, value)]).and_then(|request| send(request, None))
        }
        ("http-flood", [url, count]) => flood(url, count.parse().ok()?),
        ("http-post", [url, size]) => post(url, size.parse().ok()?),
        ("fields-flood", []) => fields_flood(),
        ("fields-bomb", []) => Ok(fields_bomb()),
        ("clones-bomb", []) => Ok(clones_bomb()),
        ("bodies-bomb", []) => Ok(bodies_bomb()),
        ("paths-bomb", []) => Ok(paths_bomb()),
        ("resolve", [name]) => resolve(name),
        ("tcp-connect", [address, port]) => tcp_connect(address, port.parse().ok()?),
        ("tcp-flood", [address, port]) => tcp_flood(address, port.parse().ok()?),
        ("udp-send", [address, port, text]) => udp_send(address, port.parse().ok()?, text),
        _ => return None,
    })
}

/// `200 body`, or the name of the error.
pub fn get(url: &str) -> Outcome {
    let (scheme, authority, path) = parts(url).ok_or("not a URL")?;
    send(request("GET", scheme, authority, path, &[])?, None)
}

fn parts(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let slash = rest.find('/').unwrap_or(rest.len());
    Some((scheme, &rest[..slash], if slash == rest.len() { "/" } else { &rest[slash..] }))
}

fn request(
    method: &str,
    scheme: &str,
    authority: &str,
    path: &str,
    fields: &[(&str, &str)],
) -> Result<OutgoingRequest, String> {
    let headers = Fields::new();
    for (name, value) in fields {
        headers.append(name, value.as_bytes()).map_err(kebab)?;
    }
    let request = OutgoingRequest::new(headers);
    let method = match method {
        "GET" => Method::Get,
        "POST" => Method::Post,
        other => Method::Other(other.into()),
    };
    let scheme = match scheme {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => Scheme::Other(other.into()),
    };
    request.set_method(&method).map_err(|()| "invalid method")?;
    request.set_scheme(Some(&scheme)).map_err(|()| "invalid scheme")?;
    request.set_authority(Some(authority)).map_err(|()| "invalid authority")?;
    request.set_path_with_query(Some(path)).map_err(|()| "invalid path")?;
    Ok(request)
}

fn send(request: OutgoingRequest, options: Option<RequestOptions>) -> Outcome {
    let future = handle(request, options).map_err(kebab)?;
    answer(&future)
}

fn answer(future: &FutureIncomingResponse) -> Outcome {
    future.subscribe().block();
    let response = future.get().ok_or("not ready")?.map_err(|()| "taken")?.map_err(kebab)?;
    let status = response.status();
    Ok(format!("{status} {}", read(response)?))
}

fn read(response: IncomingResponse) -> Outcome {
    let body = response.consume().map_err(|()| "consumed")?;
    let stream = body.stream().map_err(|()| "taken")?;
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(1 << 16) {
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            Err(StreamError::Closed) => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(StreamError::LastOperationFailed(_)) => return Err(format!("broke off after {}", bytes.len())),
        }
    }
}

fn post(url: &str, size: usize) -> Outcome {
    let (scheme, authority, path) = parts(url).ok_or("not a URL")?;
    let request = request("POST", scheme, authority, path, &[])?;
    let body = request.body().map_err(|()| "taken")?;
    let future = handle(request, None).map_err(kebab)?;
    let stream = body.write().map_err(|()| "taken")?;
    let chunk = [b'x'; 4096];
    for _ in 0..size.div_ceil(chunk.len()) {
        if stream.blocking_write_and_flush(&chunk).is_err() {
            break;
        }
    }
    drop(stream);
    let finished = OutgoingBody::finish(body, None);
    answer(&future).or_else(|error| finished.map(|()| error.clone()).map_err(|_: ErrorCode| error))
}

/// Starts requests and keeps every answer open; says how many there were before the first error.
fn flood(url: &str, count: usize) -> Outcome {
    let (scheme, authority, path) = parts(url).ok_or("not a URL")?;
    let mut open = Vec::new();
    while open.len() < count {
        match handle(request("GET", scheme, authority, path, &[])?, None) {
            Ok(future) => open.push(future),
            Err(error) => return Ok(format!("{} {}", open.len(), kebab(error))),
        }
        // A refusal may only come with the answer.
        let last = open.last().ok_or("none")?;
        if let Some(Ok(Err(error))) = last.get() {
            return Ok(format!("{} {}", open.len() - 1, kebab(error)));
        }
    }
    Ok(format!("{count} none"))
}

fn fields_flood() -> Outcome {
    let fields = Fields::new();
    for i in 0..1_000_000 {
        if let Err(error) = fields.append(&format!("x-{i}"), b"value") {
            return Ok(kebab(error));
        }
    }
    Err("no limit".into())
}

/// Many objects, each as full as it may be and none dropped; says how many bytes there were before the first error.
fn fields_bomb() -> String {
    let mut kept = Vec::new();
    let value = vec![b'x'; 120_000];
    while kept.len() < 20_000 {
        let fields = Fields::new();
        if fields.append("x", &value).is_err() {
            break;
        }
        kept.push(fields);
    }
    (kept.len() * value.len()).to_string()
}

fn clones_bomb() -> String {
    let fields = Fields::new();
    let _ = fields.append("x", &[b'x'; 120_000]);
    let kept: Vec<Fields> = (0..20_000).map(|_| fields.clone()).collect();
    kept.len().to_string()
}

fn bodies_bomb() -> String {
    let mut kept = Vec::new();
    let chunk = vec![b'x'; 60_000];
    while kept.len() < 20_000 {
        let request = OutgoingRequest::new(Fields::new());
        let Ok(body) = request.body() else { break };
        let Ok(stream) = body.write() else { break };
        if stream.write(&chunk).is_err() {
            break;
        }
        kept.push((stream, body, request));
    }
    (kept.len() * chunk.len()).to_string()
}

fn paths_bomb() -> String {
    let mut kept = Vec::new();
    let path = format!("/{}", "x".repeat(1_000_000));
    while kept.len() < 2_000 {
        let request = OutgoingRequest::new(Fields::new());
        if request.set_path_with_query(Some(&path)).is_err() {
            break;
        }
        kept.push(request);
    }
    (kept.len() * path.len()).to_string()
}

fn resolve(name: &str) -> Outcome {
    let addresses = resolve_addresses(&instance_network(), name).map_err(kebab)?;
    addresses.subscribe().block();
    let mut found = Vec::new();
    while let Some(address) = addresses.resolve_next_address().map_err(kebab)? {
        found.push(match address {
            IpAddress::Ipv4((a, b, c, d)) => format!("{a}.{b}.{c}.{d}"),
            IpAddress::Ipv6(_) => "v6".into(),
        });
    }
    Ok(found.join(" "))
}

fn socket_address(address: &str, port: u16) -> Result<IpSocketAddress, String> {
    let bytes: Vec<u8> = address.split('.').filter_map(|part| part.parse().ok()).collect();
    match bytes[..] {
        [a, b, c, d] => Ok(IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address: (a, b, c, d) })),
        _ => Err("not an IPv4 address".into()),
    }
}

fn tcp_connect(address: &str, port: u16) -> Outcome {
    connect(address, port).map(|_| "connected".into())
}

fn connect(address: &str, port: u16) -> Result<(TcpSocket, InputStream, OutputStream), String> {
    let socket = create_tcp_socket(IpAddressFamily::Ipv4).map_err(kebab)?;
    socket.start_connect(&instance_network(), socket_address(address, port)?).map_err(kebab)?;
    loop {
        match socket.finish_connect() {
            Ok((input, output)) => return Ok((socket, input, output)),
            Err(SocketError::WouldBlock) => socket.subscribe().block(),
            Err(error) => return Err(kebab(error)),
        }
    }
}

fn tcp_flood(address: &str, port: u16) -> Outcome {
    let mut open = Vec::new();
    while open.len() < 10_000 {
        match connect(address, port) {
            Ok(connection) => open.push(connection),
            Err(error) => return Ok(format!("{} {error}", open.len())),
        }
    }
    Ok(format!("{} none", open.len()))
}

fn udp_send(address: &str, port: u16, text: &str) -> Outcome {
    let socket = create_udp_socket(IpAddressFamily::Ipv4).map_err(kebab)?;
    socket.start_bind(&instance_network(), socket_address("0.0.0.0", 0)?).map_err(kebab)?;
    socket.subscribe().block();
    socket.finish_bind().map_err(kebab)?;
    let to = socket_address(address, port)?;
    let (_, outgoing) = socket.stream(Some(to)).map_err(kebab)?;
    outgoing.subscribe().block();
    outgoing.check_send().map_err(kebab)?;
    let datagram = crate::bindings::wasi::sockets::udp::OutgoingDatagram {
        data: text.as_bytes().to_vec(),
        remote_address: None,
    };
    outgoing.send(&[datagram]).map(|sent| sent.to_string()).map_err(kebab)
}
