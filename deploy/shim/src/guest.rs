//! What an instance has of its container: its grants, and nothing else.

use std::sync::Arc;

use anyhow::{Context, Result};
use hyper::Request;
use wasm_plugin_grants::{Access, Grants};
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{DirPerms, FilePerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::bindings::http::types::ErrorCode;
use wasmtime_wasi_http::body::HyperOutgoingBody;
use wasmtime_wasi_http::types::{HostFutureIncomingResponse, OutgoingRequestConfig, default_send_request};
use wasmtime_wasi_http::{HttpResult, WasiHttpCtx, WasiHttpView};

/// What the shims of runwasi are told by where to listen.
const LISTEN: &str = "WASMTIME_HTTP_PROXY_SOCKET_ADDR";
/// Where the container has the grants of its pod.
const GRANTS: &str = "WASM_PLUGIN_GRANTS";

/// What all instances of a container have in common.
#[derive(Clone)]
pub struct Surroundings {
    pub address: String,
    variables: Vec<(String, String)>,
    grants: Arc<Grants>,
}

impl Surroundings {
    /// Reads the variables of the container. Grants that cannot be kept, and folders that are not there, are errors.
    pub fn of(variables: &[String]) -> Result<Self> {
        let find = |wanted: &str| {
            variables
                .iter()
                .filter_map(|one| one.split_once('='))
                .find(|(name, _)| *name == wanted)
        };
        let grants = Grants::parse(find(GRANTS).map(|(_, value)| value))?;
        let granted = grants
            .env
            .iter()
            .filter(|name| ![LISTEN, GRANTS].contains(&name.as_str()));
        let variables = granted
            .filter_map(|name| find(name))
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let address = find(LISTEN).map_or("0.0.0.0:8080", |(_, value)| value).into();
        let surroundings = Self {
            address,
            variables,
            grants: Arc::new(grants),
        };
        Guest::new(&surroundings)?;
        Ok(surroundings)
    }
}

pub struct Guest {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    grants: Arc<Grants>,
}

impl Guest {
    /// Its output is the log of the container. It has no sockets, and looks up no names.
    pub fn new(surroundings: &Surroundings) -> Result<Self> {
        let Surroundings {
            variables, grants, ..
        } = surroundings;
        let mut wasi = WasiCtxBuilder::new();
        wasi.inherit_stdout().inherit_stderr().envs(variables);
        for folder in &grants.fs {
            let (dirs, files) = match folder.access {
                Access::Read => (DirPerms::READ, FilePerms::READ),
                Access::ReadWrite => (DirPerms::all(), FilePerms::all()),
            };
            let opened = wasi.preopened_dir(&folder.at, &folder.at, dirs, files);
            opened.with_context(|| format!("the container has no folder {:?} to grant", folder.at))?;
        }
        let grants = grants.clone();
        Ok(Self {
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            table: ResourceTable::new(),
            grants,
        })
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for Guest {
    fn ctx(&mut self) -> &mut WasiHttpCtx {
        &mut self.http
    }

    fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    fn send_request(
        &mut self,
        request: Request<HyperOutgoingBody>,
        config: OutgoingRequestConfig,
    ) -> HttpResult<HostFutureIncomingResponse> {
        let uri = request.uri();
        let port = uri.port_u16().unwrap_or(if config.use_tls { 443 } else { 80 });
        let host = uri.host().unwrap_or("");
        if !self
            .grants
            .allows(request.method().as_str(), config.use_tls, host, port)
        {
            eprintln!("denied: {} {host:?} at port {port}", request.method());
            return Err(ErrorCode::HttpRequestDenied.into());
        }
        Ok(default_send_request(request, config))
    }
}
