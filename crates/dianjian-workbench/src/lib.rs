//! The workbench: a local web application that does what the command line does, for people who never open a terminal.
//!
//! # A tour
//! - [`Workbench`] is what is served: the pack, the page, the day. [`Workbench::bind`] takes a port on the loopback
//!   interface, [`Bound::serve`] answers until it is told to stop.
//! - Every request passes the guard (`guard`) before anything else sees it; what the page may do in a browser is said in
//!   the headers of every answer.
//! - `api` has one file a resource. They hold no rules: each turns a request into a call of the engine and its answer into
//!   JSON. `docs/workbench.md` describes the interface, `schemas/openapi.json` is generated from its types.
//! - `page` is the built page of `web/dist`, embedded.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        reason = "a test that fails should stop"
    )
)]

mod api;
mod bring;
mod error;
mod files;
mod guard;
mod instance;
mod mend;
mod metrics;
mod names;
mod page;
mod plans;
mod serve;
mod shown;
mod store;
mod tables;
mod token;
mod work;

pub use api::openapi;
pub use bring::bring_in;
pub use error::ServeError;
pub use instance::{Instance, Started};
pub use serve::{Bound, ScannerMaker, Workbench};
pub use store::{Store, StoreError};
pub use token::Token;
pub use work::{CheckBasis, Worker, work_off};
