//! The server: a port taken, requests answered, a stop that waits for what is under way.

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use dianjian_base::text;
use dianjian_engine::surface::TextSurface;
use dianjian_engine::{AsWritten, Engine, RuleEpochs, RunOptions};
use dianjian_media::{AssetScanner, MediaSettings};
use dianjian_project::{Project, ProjectOptions, UnloadedProject, WorkingFolder};
use dianjian_rules::Pack;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::api::ApiError;
use crate::error::ServeError;
use crate::files::FileIndex;
use crate::guard::{Guard, guard};
use crate::metrics::{Metrics, count};
use crate::plans::PlanWork;
use crate::store::{ProjectRow, Store};
use crate::tables::{TableShape, TableShapes};
use crate::token::Token;
use crate::work::{CheckBasis, Work, Worker};
use crate::{api, page};

/// Makes a scanner of pictures and videos with the settings of a project.
pub type ScannerMaker = Box<dyn Fn(MediaSettings) -> Arc<dyn AssetScanner> + Send + Sync>;

/// What is served.
pub struct Workbench {
    /// The rules of all days.
    pub pack: Arc<Pack>,
    /// What checks begin with.
    pub basis: CheckBasis,
    /// How checks are given a process of their own.
    pub worker: Worker,
    /// Whether nothing may be changed.
    pub readonly: bool,
    /// The time, for records of what was done when.
    pub now: fn() -> String,
    /// What is remembered.
    pub store: Store,
    /// The secret of this start.
    pub token: Token,
    /// Secrets of programs that use the interface.
    pub tokens: Vec<Token>,
    /// Whether videos can be decoded.
    pub has_video: bool,
    /// Hosts beside the loopback names under which the server may be addressed.
    pub hosts: Vec<String>,
}

/// What all requests share.
#[derive(Debug)]
pub struct Served {
    pub workbench: Workbench,
    pub store: Store,
    /// The checks that are under way.
    pub work: Work,
    /// The plans that are being carried out.
    pub plans: PlanWork,
    /// The files of projects by their ids.
    pub files: FileIndex,
    /// How tables that were looked at are read.
    pub shapes: TableShapes,
    /// The compiled rules by which texts are judged that belong to no project.
    epochs: Mutex<Arc<RuleEpochs>>,
    /// What is counted for `/metrics`.
    pub metrics: Metrics,
    /// Whether it is reached from this machine alone.
    pub is_local: bool,
}

impl std::fmt::Debug for Workbench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workbench").field("basis", &self.basis).field("store", &self.store).finish_non_exhaustive()
    }
}

impl Served {
    /// The time, for records of what was done when.
    pub fn now(&self) -> String {
        (self.workbench.now)()
    }

    /// Where a project's files are.
    pub fn folder(&self, project: &ProjectRow) -> PathBuf {
        project.folder.clone().unwrap_or_else(|| self.store.uploads(&project.id))
    }

    /// An engine for texts that belong to no project.
    pub fn engine(&self, options: RunOptions) -> Engine<'_> {
        const KEPT: usize = 8;
        let pack = &self.workbench.pack;
        let mut epochs = self.epochs.lock().unwrap_or_else(PoisonError::into_inner);
        if epochs.count() > KEPT {
            // Whoever asks for one day after another does not fill the memory.
            *epochs = Arc::new(RuleEpochs::new(pack));
        }
        Engine::sharing(pack, &AsWritten, options, Arc::clone(&epochs))
    }

    /// Judges a text of each sort, so that the first one that a person types is judged at once.
    fn warm_up(&self) {
        let day = self.workbench.basis.today;
        let engine = self.engine(RunOptions::new(day).at(day));
        for surface in [TextSurface::Name, TextSurface::Title, TextSurface::Live] {
            surface.check(&engine, "-", "云山茶业");
        }
    }

    /// The rules of a project, as its configuration makes them.
    ///
    /// # Errors
    /// The project cannot be loaded.
    pub fn pack(&self, project: &ProjectRow) -> Result<Arc<Pack>, ApiError> {
        let options = ProjectOptions::new(WorkingFolder::elsewhere(self.folder(project)));
        let loaded = Project::load(&options);
        let refused = |unloaded: Box<UnloadedProject>| {
            ApiError::of(StatusCode::UNPROCESSABLE_ENTITY, "bad-project", &unloaded.error)
        };
        loaded.map(|project| Arc::new(project.pack)).map_err(refused)
    }

    /// How a table of a project is read.
    ///
    /// # Errors
    /// It cannot be read, or the project cannot be loaded.
    pub fn shape(&self, project: &ProjectRow, place: &Path, sheet: Option<&str>) -> Result<Arc<TableShape>, ApiError> {
        self.shapes.of(place, sheet, || self.pack(project))
    }

    /// Refuses to change anything where the server only shows.
    ///
    /// # Errors
    /// It was started with `--readonly`.
    pub fn may_change(&self) -> Result<(), ApiError> {
        if self.workbench.readonly { Err(ApiError::readonly()) } else { Ok(()) }
    }

    /// Refuses to change the files of a project while a plan of it is being carried out.
    ///
    /// # Errors
    /// One is, or nothing may be changed at all.
    pub fn may_edit(&self, project: &str) -> Result<(), ApiError> {
        self.may_change()?;
        if !self.plans.is_busy(project) {
            return Ok(());
        }
        Err(ApiError::new(
            StatusCode::CONFLICT,
            "plan-under-way",
            text! {
                zh: "正在执行迁移计划，做完才能改文件",
                en: "a migration plan is being carried out; files can be changed when it is done",
            },
        ))
    }

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
        let tokens = workbench.tokens.iter().chain([&workbench.token]).cloned().collect();
        let guarded = Arc::new(Guard::new(tokens, address, &workbench.hosts));
        let epochs = Arc::new(RuleEpochs::new(&workbench.pack));
        let served = Arc::new(Served {
            store: workbench.store.clone(),
            workbench,
            work: Work::default(),
            plans: PlanWork::default(),
            files: FileIndex::default(),
            shapes: TableShapes::default(),
            epochs: Mutex::new(epochs),
            metrics: Metrics::default(),
            is_local: address.ip().is_loopback(),
        });
        served.store.end_interrupted()?;
        let warmed = Arc::clone(&served);
        runtime.spawn_blocking(move || warmed.warm_up());
        let app = Router::new()
            .nest("/api/v1", api::router())
            .fallback(page::file)
            .layer(from_fn_with_state(guarded, guard))
            .layer(from_fn_with_state(Arc::clone(&served), count))
            .with_state(Arc::clone(&served));
        let stopped = Arc::clone(&served);
        let stopping = async move {
            stop.await;
            // Streams of events end with the checks and plans that they tell about.
            stopped.work.cancel_all();
            stopped.plans.stop_all();
        };
        let serving = async { axum::serve(listener, app).with_graceful_shutdown(stopping).await };
        let result = runtime.block_on(serving).map_err(|error| ServeError::Io { reason: error.to_string() });
        served.plans.wait();
        result
    }
}
