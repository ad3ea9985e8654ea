//! Projects: sets of files that are checked again and again.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rusqlite::{OptionalExtension as _, Row, params};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Store, StoreError};

/// Where a project's files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProjectKind {
    /// In the state folder, uploaded.
    Uploads,
    /// In a folder that was named at the start.
    Folder,
}

/// A project as it is remembered.
#[derive(Debug, Clone)]
pub struct ProjectRow {
    pub id: String,
    pub name: String,
    /// The folder that was named at the start; `None`: the files are uploads.
    pub folder: Option<PathBuf>,
    pub created: String,
}

impl ProjectRow {
    /// Where its files are.
    pub const fn kind(&self) -> ProjectKind {
        if self.folder.is_some() { ProjectKind::Folder } else { ProjectKind::Uploads }
    }

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let folder: Option<String> = row.get("folder")?;
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            folder: folder.map(PathBuf::from),
            created: row.get("created")?,
        })
    }
}

impl Store {
    /// Remembers a project.
    pub fn add_project(&self, project: &ProjectRow) -> Result<(), StoreError> {
        let ProjectRow { id, name, folder, created } = project;
        let folder = folder.as_ref().map(|folder| folder.to_string_lossy().into_owned());
        self.connect()?.execute(
            "INSERT INTO project (id, name, folder, created) VALUES (?1, ?2, ?3, ?4)",
            params![id, name, folder, created],
        )?;
        Ok(())
    }

    /// All projects, the latest first.
    pub fn projects(&self) -> Result<Vec<ProjectRow>, StoreError> {
        let connection = self.connect()?;
        let mut statement = connection.prepare("SELECT * FROM project ORDER BY created DESC, id")?;
        let rows = statement.query_map([], ProjectRow::of)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A project.
    pub fn project(&self, id: &str) -> Result<Option<ProjectRow>, StoreError> {
        let found = self.connect()?.query_row("SELECT * FROM project WHERE id = ?1", [id], ProjectRow::of);
        Ok(found.optional()?)
    }

    /// The project of a folder.
    pub fn project_of(&self, folder: &std::path::Path) -> Result<Option<ProjectRow>, StoreError> {
        let folder = folder.to_string_lossy();
        let found = self.connect()?.query_row("SELECT * FROM project WHERE folder = ?1", [folder], ProjectRow::of);
        Ok(found.optional()?)
    }

    /// Gives a project another name; returns whether there is one.
    pub fn rename_project(&self, id: &str, name: &str) -> Result<bool, StoreError> {
        Ok(self.connect()?.execute("UPDATE project SET name = ?2 WHERE id = ?1", [id, name])? > 0)
    }

    /// Forgets a project with its runs; its files are the caller's to remove. Returns whether there was one.
    pub fn forget_project(&self, id: &str) -> Result<bool, StoreError> {
        Ok(self.connect()?.execute("DELETE FROM project WHERE id = ?1", [id])? > 0)
    }

    /// What files of a project are material of, by their paths.
    pub fn roles(&self, project: &str) -> Result<BTreeMap<String, String>, StoreError> {
        let connection = self.connect()?;
        let mut statement = connection.prepare("SELECT path, role FROM role WHERE project = ?1")?;
        let rows = statement.query_map([project], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Says what a file is material of; `None`: of nothing.
    pub fn set_role(&self, project: &str, path: &str, role: Option<&str>) -> Result<(), StoreError> {
        let connection = self.connect()?;
        match role {
            Some(role) => connection.execute(
                "INSERT INTO role (project, path, role) VALUES (?1, ?2, ?3)
                 ON CONFLICT (project, path) DO UPDATE SET role = ?3",
                [project, path, role],
            )?,
            None => connection.execute("DELETE FROM role WHERE project = ?1 AND path = ?2", [project, path])?,
        };
        Ok(())
    }
}
