//! A containerd shim for WebAssembly: what `wasm-plugin publish` writes is the image of a pod. Runwasi's library speaks to containerd
//! and makes the container, wasmtime runs the plugin in it.

mod guest;
mod serve;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use containerd_shim_wasm::sandbox::Sandbox;
use containerd_shim_wasm::sandbox::context::{RuntimeContext, WasmBinaryType};
use containerd_shim_wasm::shim::{Cli, Shim, Version, version};
use tokio::signal::unix::{SignalKind, signal};
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine};
use wasmtime_wasi_http::bindings::ProxyPre;

use crate::guest::Surroundings;
use crate::serve::serve;

const TURN: Duration = Duration::from_millis(10);

struct WasmPlugin;

impl Shim for WasmPlugin {
    type Sandbox = Container;

    fn name() -> &'static str {
        "wasm-plugin"
    }

    fn version() -> Version {
        version!()
    }
}

#[derive(Default)]
struct Container;

impl Sandbox for Container {
    async fn run_wasi(&self, context: &impl RuntimeContext) -> Result<i32> {
        match run(context).await {
            Ok(()) => Ok(0),
            Err(error) => {
                // The log of the container is read by who runs it; the library's own is the node's.
                eprintln!("{error:#}");
                Ok(1)
            }
        }
    }
}

async fn run(context: &impl RuntimeContext) -> Result<()> {
    // The first process of a container gets no signal that it has no handler for: a pod would take all of its grace period.
    let mut told = signal(SignalKind::terminate())?;
    let surroundings = Surroundings::of(context.envs())?;
    let bytes = context.entrypoint().source.as_bytes()?.into_owned();
    if !matches!(
        WasmBinaryType::from_bytes(&bytes),
        Some(WasmBinaryType::Component)
    ) {
        bail!("it is no component: what `wasm-plugin publish` writes is one");
    }
    let engine = Engine::new(Config::new().async_support(true).epoch_interruption(true))?;
    take_turns(&engine);
    let component = Component::from_binary(&engine, &bytes).context("it is no component of WASI 0.2")?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::add_only_http_to_linker_async(&mut linker)?;
    let plugin = linker
        .instantiate_pre(&component)
        .context("it imports what no shim gives")?;
    let plugin = ProxyPre::new(plugin).context("it exports no wasi:http/incoming-handler of WASI 0.2")?;
    serve(plugin, &surroundings, async move {
        told.recv().await;
    })
    .await
}

/// A plugin that computes without end keeps no other request waiting: each has the processor for a turn.
fn take_turns(engine: &Engine) {
    let engine = engine.weak();
    std::thread::spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TURN);
        }
    });
}

fn main() {
    WasmPlugin::run(None);
}
