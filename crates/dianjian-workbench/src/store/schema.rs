//! The tables, and how a store of an earlier version becomes one of this.

use rusqlite::Connection;

use super::StoreError;

/// Statements that lead from each version to the next.
const STEPS: [&str; 3] = [
    "
    CREATE TABLE project (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        folder TEXT,
        created TEXT NOT NULL
    ) STRICT;
    CREATE TABLE role (
        project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,
        path TEXT NOT NULL,
        role TEXT NOT NULL,
        PRIMARY KEY (project, path)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE run (
        id INTEGER PRIMARY KEY,
        project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,
        started TEXT NOT NULL,
        ended TEXT,
        as_of TEXT NOT NULL,
        state TEXT NOT NULL,
        summary TEXT,
        change TEXT
    ) STRICT;
    CREATE INDEX run_of_project ON run (project, id);
    CREATE TABLE finding (
        run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
        n INTEGER NOT NULL,
        severity TEXT NOT NULL,
        confidence TEXT NOT NULL,
        rule_group TEXT NOT NULL,
        rule TEXT NOT NULL,
        path TEXT NOT NULL,
        sheet TEXT,
        line INTEGER,
        shop TEXT,
        fixable TEXT,
        is_new INTEGER NOT NULL,
        fingerprint TEXT NOT NULL,
        words TEXT NOT NULL,
        detail TEXT NOT NULL,
        picture TEXT,
        PRIMARY KEY (run, n)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX finding_of_picture ON finding (run, picture) WHERE picture IS NOT NULL;
    CREATE INDEX finding_of_file ON finding (run, path, line);
    CREATE INDEX finding_by_fingerprint ON finding (run, fingerprint);
    CREATE TABLE problem (
        run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
        n INTEGER NOT NULL,
        detail TEXT NOT NULL,
        PRIMARY KEY (run, n)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE looked_at (
        run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
        path TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT,
        PRIMARY KEY (run, path)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE entry (
        id INTEGER PRIMARY KEY,
        project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        what TEXT NOT NULL,
        changes TEXT NOT NULL,
        undone INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE plan (
        id INTEGER PRIMARY KEY,
        project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,
        made TEXT NOT NULL,
        options TEXT NOT NULL,
        decisions TEXT NOT NULL
    ) STRICT;
",
    "
    CREATE TABLE original (
        project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,
        path TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (project, path)
    ) STRICT, WITHOUT ROWID;
",
    // As `FindingOrder::Severity` sorts, which the page's list begins with.
    "
    CREATE INDEX finding_by_severity ON finding
        (run, CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, n);
",
];

/// Brings a store up to this version.
///
/// # Errors
/// It is of a later version, or cannot be written.
pub fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let version: usize = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let steps = STEPS.get(version..).ok_or(StoreError::Newer)?;
    for (at, step) in steps.iter().enumerate() {
        let change = connection.transaction()?;
        change.execute_batch(step)?;
        change.pragma_update(None, "user_version", version + at + 1)?;
        change.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_made_once_and_a_newer_one_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        connection.pragma_update(None, "user_version", STEPS.len() + 1).unwrap();
        assert!(matches!(migrate(&mut connection), Err(StoreError::Newer)));
    }
}
