//! The command line of the benchmark.

use std::path::PathBuf;

/// The parsed command line.
pub struct Args {
    /// Folders with an `index.csv`.
    pub folders: Vec<PathBuf>,
    /// Where the page of misses and false alarms goes.
    pub page: Option<PathBuf>,
    /// Drawn pictures a kind.
    pub count: u64,
    /// The first seed: other seeds, other pictures.
    pub seed: u64,
    /// Only kinds and paths that contain one of these.
    pub only: Vec<String>,
    /// Threads that scan pictures; timing always uses one.
    pub threads: usize,
}

pub const USAGE: &str = "\
cargo bench --bench codes -- [DIR…] [--page FILE.html] [--count N] [--seed N] [--only KIND]… [--threads N]

DIR          a folder with an index.csv (path,label,…; labels has_qr, no_qr, other_code, wxacode)
--page       writes misses and false alarms as a page to look at
--count      drawn pictures a kind (default 12; 0: none)
--seed       the first seed (default 1)
--only       only kinds and paths that contain this; no timing
--threads    threads that scan pictures (default: all cores)";

impl Args {
    /// Reads the command line.
    pub fn read(args: impl Iterator<Item = String>) -> Result<Self, String> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut out = Self { folders: Vec::new(), page: None, count: 12, seed: 1, only: Vec::new(), threads };
        let mut args = args;
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value\n\n{USAGE}"));
            match arg.as_str() {
                // What cargo itself adds.
                "--bench" => {}
                "--page" => out.page = Some(PathBuf::from(value()?)),
                "--count" => out.count = number(&value()?)?,
                "--seed" => out.seed = number(&value()?)?,
                "--only" => out.only.push(value()?),
                "--threads" => out.threads = number(&value()?)?.max(1) as usize,
                _ if arg.starts_with('-') => return Err(USAGE.to_owned()),
                _ => out.folders.push(PathBuf::from(arg)),
            }
        }
        Ok(out)
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text}: not a number\n\n{USAGE}"))
}
