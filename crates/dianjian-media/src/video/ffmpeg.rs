//! Finds the `ffmpeg` program and its version.

use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::subprocess::ChildGuard;

/// The `ffmpeg` program, which decodes videos.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ffmpeg {
    program: PathBuf,
}

impl Ffmpeg {
    /// The program at that path.
    pub fn at(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into() }
    }

    /// The program that the user named, else the first one in the folders of a search path.
    pub fn find(named: Option<&OsStr>, search: Option<&OsStr>) -> Option<Self> {
        if let Some(named) = named.filter(|named| !named.is_empty()) {
            return Some(Self::at(named));
        }
        let name = format!("ffmpeg{}", std::env::consts::EXE_SUFFIX);
        // A relative folder would be another one wherever this program is started.
        let folders = std::env::split_paths(search?).filter(|folder| folder.is_absolute());
        folders.map(|folder| folder.join(&name)).find(|path| is_program(path)).map(Self::at)
    }

    /// The path by which it is run.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// A command that neither reads from the terminal nor writes reports.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env_remove("FFREPORT").env("AV_LOG_FORCE_NOCOLOR", "1").stdin(Stdio::null());
        command
    }

    /// Its version, such as `7.1`; `None` if it cannot be run or does not print one.
    pub fn version(&self) -> Option<String> {
        /// Enough for the first line.
        const MAX_BYTES: u64 = 4096;
        const PATIENCE: Duration = Duration::from_secs(10);
        let mut command = self.command();
        command.arg("-version").stdout(Stdio::piped()).stderr(Stdio::null());
        let child = ChildGuard::spawn(&mut command).ok()?;
        let stdout = child.with(|child| child.stdout.take())?;
        let reader = std::thread::spawn(move || {
            let mut text = Vec::new();
            stdout.take(MAX_BYTES).read_to_end(&mut text).map(|_| text)
        });
        // A child that does not end is killed by its guard, which closes the pipe of the reader.
        child.wait(PATIENCE).ok()??;
        drop(child);
        let text = reader.join().ok()?.ok()?;
        let text = String::from_utf8_lossy(&text);
        let mut words = text.lines().next()?.split_whitespace();
        let version = words.by_ref().skip_while(|word| *word != "version").nth(1)?;
        Some(version.chars().take(60).collect())
    }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_first_program_on_the_path_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let (empty, file, program) = (folder.path().join("a"), folder.path().join("b"), folder.path().join("c"));
        for below in [&empty, &file, &program] {
            fs::create_dir(below).unwrap();
        }
        fs::write(file.join("ffmpeg"), "no program").unwrap();
        fs::set_permissions(file.join("ffmpeg"), fs::Permissions::from_mode(0o644)).unwrap();
        fs::write(program.join("ffmpeg"), "#!/bin/sh\n").unwrap();
        fs::set_permissions(program.join("ffmpeg"), fs::Permissions::from_mode(0o755)).unwrap();
        let search = std::env::join_paths([&empty, &file, &program]).unwrap();
        assert_eq!(Ffmpeg::find(None, Some(&search)), Some(Ffmpeg::at(program.join("ffmpeg"))));
        assert_eq!(Ffmpeg::find(None, Some(empty.as_os_str())), None);
        assert_eq!(Ffmpeg::find(None, None), None);
        assert_eq!(Ffmpeg::find(Some(OsStr::new("mine")), Some(&search)), Some(Ffmpeg::at("mine")));
        assert_eq!(Ffmpeg::at(empty.join("ffmpeg")).version(), None);
    }
}
