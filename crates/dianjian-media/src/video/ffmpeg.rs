//! The `ffmpeg` program: where it is and which.

use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::subprocess::ChildGuard;

/// The program that decodes video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ffmpeg {
    program: PathBuf,
}

impl Ffmpeg {
    /// The program at that path.
    #[must_use]
    pub fn at(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into() }
    }

    /// The program that is named, else the first of the folders on the search path that has it.
    #[must_use]
    pub fn find(named: Option<&OsStr>, search: Option<&OsStr>) -> Option<Self> {
        if let Some(named) = named.filter(|named| !named.is_empty()) {
            return Some(Self::at(named));
        }
        let name = format!("ffmpeg{}", std::env::consts::EXE_SUFFIX);
        // A folder that is not absolute is another one wherever the program is run.
        let folders = std::env::split_paths(search?).filter(|folder| folder.is_absolute());
        folders.map(|folder| folder.join(&name)).find(|path| is_program(path)).map(Self::at)
    }

    /// Where it is.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// A command of it that neither asks nor reports to anybody else.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env_remove("FFREPORT").env("AV_LOG_FORCE_NOCOLOR", "1").stdin(Stdio::null());
        command
    }

    /// Its version, such as `7.1`; `None`: it does not say, or cannot be run.
    #[must_use]
    pub fn version(&self) -> Option<String> {
        /// More is no version.
        const MOST: u64 = 4096;
        const PATIENCE: Duration = Duration::from_secs(10);
        let mut command = self.command();
        command.arg("-version").stdout(Stdio::piped()).stderr(Stdio::null());
        let child = ChildGuard::spawn(&mut command).ok()?;
        let stdout = child.with(|child| child.stdout.take())?;
        let reader = std::thread::spawn(move || {
            let mut text = Vec::new();
            stdout.take(MOST).read_to_end(&mut text).map(|_| text)
        });
        // What does not end is killed, and then there is nothing more to read.
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
