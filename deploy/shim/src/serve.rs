//! An instance for each request.

use std::pin::pin;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use wasmtime::Store;
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::bindings::ProxyPre;
use wasmtime_wasi_http::bindings::http::types::Scheme;
use wasmtime_wasi_http::body::HyperOutgoingBody;
use wasmtime_wasi_http::io::TokioIo;

use crate::guest::{Guest, Surroundings};

type Answer = Response<HyperOutgoingBody>;

/// Answers requests until `told`; those that have begun have their answers then.
pub async fn serve(
    plugin: ProxyPre<Guest>,
    surroundings: &Surroundings,
    told: impl Future<Output = ()>,
) -> Result<()> {
    let listener = TcpListener::bind(&surroundings.address).await?;
    let each = Arc::new((plugin, surroundings.clone()));
    // Every connection has a receiver: the sender knows when the last one is gone.
    let (ending, ended) = watch::channel(());
    let mut told = pin!(told);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(tokio::spawn(connection(stream, each.clone(), ended.clone()))),
                Err(error) => log::warn!("a connection was not accepted: {error}"),
            },
            () = &mut told => break,
        }
    }
    drop((listener, ended));
    ending.send_replace(());
    ending.closed().await;
    Ok(())
}

async fn connection(
    stream: TcpStream,
    each: Arc<(ProxyPre<Guest>, Surroundings)>,
    mut ending: watch::Receiver<()>,
) {
    let answering = service_fn(move |request| {
        let each = each.clone();
        async move { Ok::<_, hyper::Error>(answer(&each.0, &each.1, request).await.unwrap_or_else(failed)) }
    });
    let mut serving = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), answering));
    let served = tokio::select! {
        served = &mut serving => served,
        _ = ending.changed() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = served {
        log::info!("a connection ended: {error}");
    }
}

async fn answer(
    plugin: &ProxyPre<Guest>,
    surroundings: &Surroundings,
    request: Request<Incoming>,
) -> Result<Answer> {
    let mut store = Store::new(plugin.engine(), Guest::new(surroundings)?);
    store.epoch_deadline_async_yield_and_update(1);
    let (sender, receiver) = oneshot::channel();
    let request = store.data_mut().new_incoming_request(Scheme::Http, request)?;
    let out = store.data_mut().new_response_outparam(sender)?;
    let plugin = plugin.clone();
    // It goes on after its response was begun: the body is still to come.
    let running = tokio::spawn(async move {
        let instance = plugin.instantiate_async(&mut store).await?;
        instance
            .wasi_http_incoming_handler()
            .call_handle(store, request, out)
            .await
    });
    match receiver.await {
        Ok(response) => Ok(response?),
        Err(_) => Err(running
            .await?
            .err()
            .unwrap_or_else(|| anyhow!("it gave no response"))),
    }
}

/// The client is told nothing of the plugin; the log of the container is.
fn failed(error: anyhow::Error) -> Answer {
    eprintln!("a request failed: {error:?}");
    let body = Full::new(Bytes::from_static(b"Internal Server Error\n"))
        .map_err(|never| match never {})
        .boxed();
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
