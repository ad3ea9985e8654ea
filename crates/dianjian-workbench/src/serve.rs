//! The server: a port taken, requests answered, a stop that waits for what is under way.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use chrono::NaiveDate;
use dianjian_rules::Pack;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::api::ApiError;
use crate::error::ServeError;
use crate::guard::{Guard, guard};
use crate::token::Token;
use crate::{api, page};

/// What is served.
#[derive(Debug)]
pub struct Workbench {
    /// The rules of all days.
    pub pack: Arc<Pack>,
    /// The day that checks are made as of unless they say another.
    pub as_of: NaiveDate,
    /// Whether nothing may be changed.
    pub readonly: bool,
    /// The secret of this start.
    pub token: Token,
    /// Hosts beside the loopback names under which the server may be addressed.
    pub hosts: Vec<String>,
}

/// What all requests share.
#[derive(Debug)]
pub struct Served {
    pub workbench: Workbench,
}

impl Served {
    /// Does something that takes a while on a thread of its own, so that other requests are answered meanwhile.
    ///
    /// # Errors
    /// It did not come to an end.
    pub async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        job: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let served = Arc::clone(self);
        tokio::task::spawn_blocking(move || job(&served)).await.map_err(|_| ApiError::failed())
    }
}

/// A workbench with its port.
#[derive(Debug)]
pub struct Bound {
    runtime: Runtime,
    listener: TcpListener,
    address: SocketAddr,
    workbench: Workbench,
}

impl Workbench {
    /// Takes an address; port 0 is any free one.
    ///
    /// # Errors
    /// The address is taken or not allowed.
    pub fn bind(self, address: SocketAddr) -> Result<Bound, ServeError> {
        let io = |error: std::io::Error| ServeError::Io { reason: error.to_string() };
        let taken = |error: std::io::Error| ServeError::Listen { address, reason: error.to_string() };
        // One thread answers; checks run on threads of their own.
        let runtime = Builder::new_current_thread().enable_all().build().map_err(io)?;
        let listener = runtime.block_on(TcpListener::bind(address)).map_err(taken)?;
        let address = listener.local_addr().map_err(io)?;
        Ok(Bound { runtime, listener, address, workbench: self })
    }
}

impl Bound {
    /// The address that a browser opens: it carries the token where only the page sees it.
    pub fn url(&self) -> String {
        format!("http://{}/#token={}", self.address, self.workbench.token.text())
    }

    /// Answers requests until `stop` is done, then finishes those that have begun.
    ///
    /// # Errors
    /// The system no longer accepts connections.
    pub fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), ServeError> {
        let Self { runtime, listener, address, workbench } = self;
        let guarded = Arc::new(Guard::new(workbench.token.clone(), address, &workbench.hosts));
        let served = Arc::new(Served { workbench });
        let app = Router::new()
            .nest("/api/v1", api::router())
            .fallback(page::file)
            .layer(from_fn_with_state(guarded, guard))
            .with_state(served);
        let serving = async { axum::serve(listener, app).with_graceful_shutdown(stop).await };
        runtime.block_on(serving).map_err(|error| ServeError::Io { reason: error.to_string() })
    }
}
