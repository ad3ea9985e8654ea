//! What `ffmpeg` says while it works: the film's length, and its faults.

use std::io::{BufRead, Read as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A line that is longer is cut.
const LINE: u64 = 2000;

/// Of a line so many characters are shown.
const SHOWN: usize = 160;

/// Levels of what is no fault.
const LEVELS: [&str; 4] = ["info", "warning", "verbose", "debug"];

/// Levels of faults.
const FAULTS: [&str; 3] = ["error", "fatal", "panic"];

/// Faults that decoders report though nothing is lost that could be seen.
const HARMLESS: [&str; 3] =
    ["mmco: unref short failure", "co located POCs unavailable", "number of reference frames (0+"];

/// What was said so far.
#[derive(Debug, Default)]
pub struct FfmpegLog {
    heard: Mutex<LogSummary>,
}

#[derive(Debug, Default, Clone)]
struct LogSummary {
    length: Option<Duration>,
    fault: Option<String>,
    /// The last words that are none of its own, such as those of the system that cannot run it.
    other: Option<String>,
}

impl FfmpegLog {
    /// Listens until nothing more is said. All of it is read, so that nobody waits to be heard.
    pub fn listen(&self, mut from: impl BufRead) {
        let mut line = Vec::new();
        let mut is_rest = false;
        loop {
            line.clear();
            match from.by_ref().take(LINE).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                // The rest of a line that was cut has no level of its own.
                Ok(_) if is_rest => {}
                Ok(_) => self.hear(String::from_utf8_lossy(&line).trim()),
            }
            is_rest = !line.ends_with(b"\n");
        }
    }

    fn hear(&self, line: &str) {
        let mut heard = self.lock();
        if let Some(length) =
            line.strip_prefix("[info] Duration: ").or_else(|| line.strip_prefix("[info]   Duration: "))
        {
            heard.length = heard.length.or_else(|| clock(length.split(',').next()?.trim()));
        }
        let level = level(line);
        let is_fault = level.is_some_and(|level| FAULTS.contains(&level));
        if is_fault && !HARMLESS.iter().any(|harmless| line.contains(harmless)) {
            // The first is the cause, the others its consequences.
            heard.fault.get_or_insert_with(|| shown(line));
        } else if !line.is_empty() && (is_fault || level.is_none()) {
            heard.other = Some(shown(line));
        }
    }

    /// How long the film says it is.
    pub fn length(&self) -> Option<Duration> {
        self.lock().length
    }

    /// The first fault.
    pub fn fault(&self) -> Option<String> {
        self.lock().fault.clone()
    }

    /// What else was said last, when it did not end well.
    pub fn other(&self) -> Option<String> {
        self.lock().other.clone()
    }

    fn lock(&self) -> MutexGuard<'_, LogSummary> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The level of a line: in brackets before what is said, behind the part of the program that speaks. What
/// is said may have brackets of its own, such as a film's title.
fn level(line: &str) -> Option<&str> {
    let mut rest = line;
    while let Some((part, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        if LEVELS.contains(&part) || FAULTS.contains(&part) {
            return Some(part);
        }
        rest = after.trim_start();
    }
    None
}

/// `00:01:02.50`.
fn clock(text: &str) -> Option<Duration> {
    let mut parts = text.splitn(3, ':');
    let mut part = || parts.next()?.parse::<f64>().ok().filter(|part| (0.0..1e6).contains(part));
    let seconds = part()? * 3600.0 + part()? * 60.0 + part()?;
    Some(Duration::from_secs_f64(seconds))
}

/// A fault without what only `ffmpeg` knows: levels, parts at addresses, the file's name.
fn shown(line: &str) -> String {
    let mut rest = line;
    while let Some((_, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        rest = after.trim_start();
    }
    if rest.starts_with("file:")
        && let Some((_, after)) = rest.rsplit_once(": ")
    {
        rest = after;
    }
    rest.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str) -> (Option<Duration>, Option<String>) {
        let said = FfmpegLog::default();
        said.listen(text.as_bytes());
        (said.length(), said.fault())
    }

    #[test]
    fn length_and_first_fault_are_kept() {
        let (length, fault) = heard(
            "[info] Input #0, mov, from 'file:a.mp4':\n[info]   Duration: 00:01:02.50, start: 0.0\n\
             [h264 @ 0x55d] [error] Invalid NAL unit size (1 > 0).\n[error] Error while decoding stream #0:0\n",
        );
        assert_eq!(length, Some(Duration::from_millis(62_500)));
        assert_eq!(fault.as_deref(), Some("Invalid NAL unit size (1 > 0)."));
    }

    #[test]
    fn the_files_name_is_not_repeated() {
        let (_, fault) = heard("[error] file:/tmp/a b: c.mp4: Invalid data found when processing input\n");
        assert_eq!(fault.as_deref(), Some("Invalid data found when processing input"));
    }

    #[test]
    fn what_is_said_is_bounded() {
        let (length, fault) = heard(&format!("[error] {}\n[info] Duration: N/A, x\n", "x".repeat(1_000_000)));
        assert_eq!((length, fault.map(|fault| fault.len())), (None, Some(SHOWN)));
        assert_eq!(heard("[info]   Duration: 99999999999:00:00,"), (None, None));
        assert_eq!(heard("[h264 @ 0x1] [error] mmco: unref short failure"), (None, None));
    }

    #[test]
    fn what_a_film_says_of_itself_is_no_fault() {
        assert_eq!(heard("[info]     title           : [error] a spoof\n"), (None, None));
        let long = format!("[info]     comment         : {}", "[error] ".repeat(1000));
        for from in 0..8 {
            assert_eq!(heard(&long[..long.len() - from]), (None, None));
            assert_eq!(heard(&format!("{}{}", " ".repeat(from), long)), (None, None));
        }
        let (_, fault) = heard("[h264 @ 0x5] [IMGUTILS @ 0x7] [error] Picture size 9x9 is invalid\n");
        assert_eq!(fault.as_deref(), Some("Picture size 9x9 is invalid"));
    }

    #[test]
    fn what_the_system_says_is_heard_too() {
        let said = FfmpegLog::default();
        said.listen(&b"[info] a\nffmpeg: error while loading shared libraries: libx.so\n[warning] b\n\n"[..]);
        assert_eq!(said.fault(), None);
        assert_eq!(said.other().as_deref(), Some("ffmpeg: error while loading shared libraries: libx.so"));
    }
}
