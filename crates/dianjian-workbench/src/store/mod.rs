//! What the workbench remembers: projects, their files, runs and findings, in one SQLite file of the state folder.
//!
//! A connection is opened for each piece of work; write-ahead logging lets the page read while a run writes. All statements
//! take their values as parameters.

mod entries;
mod findings;
mod plans;
mod projects;
mod runs;
mod schema;

use std::path::{Path, PathBuf};
use std::time::Duration;

use dianjian_base::localized;
pub use entries::EntryRow;
pub use findings::{Facet, Facets, FindingBetween, FindingFilter, FindingOrder, FindingWriter};
pub use plans::PlanRow;
pub use projects::{ProjectKind, ProjectRow};
pub use runs::{RunId, RunRow, RunState};
use rusqlite::Connection;

/// How long a statement waits for another connection that writes.
const PATIENCE: Duration = Duration::from_secs(10);

/// The file that remembers, and the folder beside it.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// What is remembered cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refuses.
    Database(#[from] rusqlite::Error),
    /// The state folder cannot be used.
    Folder {
        /// The folder.
        path: String,
        /// The system's reason.
        reason: String,
    },
    /// A later version of the program wrote it.
    Newer,
}

localized! { StoreError {
    Self::Database(error) => { zh: "工作台的数据库出错：{error}", en: "the workbench's database failed: {error}" }
    Self::Folder { path, reason } => { zh: "不能使用文件夹 {path}：{reason}", en: "cannot use the folder {path}: {reason}" }
    Self::Newer => {
        zh: "工作台的数据是更新版本的店检写的",
        en: "the workbench's data was written by a newer version",
        help zh: "升级店检，或用 --state 换一个文件夹。",
        help en: "upgrade dianjian, or choose another folder with --state",
    }
} }

impl Store {
    /// Opens or makes the store of a state folder.
    ///
    /// # Errors
    /// The folder cannot be made, or holds the data of a newer version.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let refused = |error: std::io::Error| StoreError::Folder {
            path: folder.display().to_string(),
            reason: error.to_string(),
        };
        std::fs::create_dir_all(folder).map_err(refused)?;
        let store = Self { folder: folder.to_owned() };
        let mut connection = store.connect()?;
        schema::migrate(&mut connection)?;
        Ok(store)
    }

    /// The state folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of a project's uploads.
    pub fn uploads(&self, project: &str) -> PathBuf {
        self.folder.join("projects").join(project).join("files")
    }

    /// Everything of a project on disk.
    pub fn project_folder(&self, project: &str) -> PathBuf {
        self.folder.join("projects").join(project)
    }

    fn connect(&self) -> Result<Connection, StoreError> {
        let connection = Connection::open(self.folder.join("workbench.sqlite"))?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "normal")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(connection)
    }
}
