//! What has changed since a commit, as git says.

use std::path::{Path, PathBuf};
use std::process::Command;

use dianjian_base::localized;

/// Git cannot say what has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// There is no program `git`.
    NoGit,
    NotARepository,
    UnknownRef {
        found: String,
    },
    Failed {
        /// The first line of what git says.
        reason: String,
    },
}

localized! { GitError {
    Self::NoGit => {
        zh: "--changed-since 需要 git，但没有找到 git 程序",
        en: "--changed-since needs git, and there is no program `git`",
        help zh: "安装 git，或用 --report-only 点名要报告的文件。",
        help en: "install git, or name the files to report with --report-only",
    }
    Self::NotARepository => {
        zh: "--changed-since：当前文件夹不在 git 仓库里",
        en: "--changed-since: this folder is in no git repository",
        help zh: "在仓库里运行，或用 --report-only 点名要报告的文件。",
        help en: "run it in the repository, or name the files to report with --report-only",
    }
    Self::UnknownRef { found } => {
        zh: "--changed-since：git 不认识“{found}”",
        en: "--changed-since: git knows no commit `{found}`",
        help zh: "写分支、标签或提交；在 CI 里可能要先取回它：git fetch origin {found}",
        help en: "give a branch, tag or commit; in CI it may have to be fetched first: git fetch origin {found}",
    }
    Self::Failed { reason } => { zh: "--changed-since：git 失败：{reason}", en: "--changed-since: git failed: {reason}" }
} }

/// Files that differ from where the current branch left a commit, and untracked ones: absolute paths without links.
/// Deleted files have nothing to report and are left out.
///
/// # Errors
/// No git, no repository, no such commit.
pub fn changed_since(reference: &str, working: &Path) -> Result<Vec<PathBuf>, GitError> {
    let top = git(working, &["rev-parse", "--show-toplevel"])?.ok_or(GitError::NotARepository)?;
    let top = PathBuf::from(String::from_utf8_lossy(&top).trim_end_matches(['\n', '\r']));
    let unknown = || GitError::UnknownRef { found: reference.to_owned() };
    let commit = format!("{reference}^{{commit}}");
    let named = git(&top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?.ok_or_else(unknown)?;
    let named = String::from_utf8_lossy(&named).trim().to_owned();
    // What others did meanwhile on the other branch is no change of this one.
    let base = git(&top, &["merge-base", &named, "HEAD"])?;
    let base = base.map_or(named, |base| String::from_utf8_lossy(&base).trim().to_owned());
    let failed = || GitError::Failed { reason: "diff".to_owned() };
    let changed = git(&top, &["diff", "--name-only", "--no-renames", "-z", &base, "--"])?.ok_or_else(failed)?;
    let untracked = git(&top, &["ls-files", "--others", "--exclude-standard", "-z"])?.ok_or_else(failed)?;
    let names = changed.split(|byte| *byte == 0).chain(untracked.split(|byte| *byte == 0));
    let names = names.filter(|name| !name.is_empty());
    Ok(names.filter_map(|name| top.join(path(name)).canonicalize().ok()).collect())
}

/// Runs git; `None`: it says no.
fn git(folder: &Path, args: &[&str]) -> Result<Option<Vec<u8>>, GitError> {
    let output = Command::new("git").arg("-C").arg(folder).args(args).output();
    let output = output.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => GitError::NoGit,
        _ => GitError::Failed { reason: error.to_string() },
    })?;
    if output.status.success() {
        return Ok(Some(output.stdout));
    }
    let told = String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default().to_owned();
    // A repository of another user: git refuses to look into it, which has to be solved by hand.
    if told.contains("dubious ownership") {
        return Err(GitError::Failed { reason: told });
    }
    Ok(None)
}

#[cfg(unix)]
fn path(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(name))
}

#[cfg(not(unix))]
fn path(name: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(name).into_owned())
}
