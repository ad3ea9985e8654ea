//! Parses the log of `ffmpeg` for the duration of the video and for errors.

use std::io::{BufRead, Read as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Longer lines are cut.
const MAX_LINE_BYTES: u64 = 2000;

/// The most characters of a line in a message.
const MAX_MESSAGE_CHARS: usize = 160;

/// Log levels of harmless lines.
const HARMLESS_LEVELS: [&str; 4] = ["info", "warning", "verbose", "debug"];

/// Log levels of errors.
const ERROR_LEVELS: [&str; 3] = ["error", "fatal", "panic"];

/// Errors that decoders report although no visible content is lost.
const IGNORED_ERRORS: [&str; 3] =
    ["mmco: unref short failure", "co located POCs unavailable", "number of reference frames (0+"];

/// The log as far as it has been read: filled by one thread, queried by another.
#[derive(Debug, Default)]
pub(super) struct FfmpegLog {
    summary: Mutex<LogSummary>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct LogSummary {
    /// The duration that the file declares.
    pub(super) length: Option<Duration>,
    /// The first error: later ones are its consequences.
    pub(super) fault: Option<String>,
    /// The last line that ffmpeg did not write itself, such as the loader's reason why it cannot run: for a child that
    /// failed without an error of its own.
    pub(super) other: Option<String>,
}

impl FfmpegLog {
    /// Reads the log to its end. All of it is consumed, so that the child never blocks on the pipe.
    pub(super) fn read(&self, mut from: impl BufRead) {
        let mut line = Vec::new();
        let mut is_rest = false;
        loop {
            line.clear();
            match from.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                // The rest of a line that was cut has no level.
                Ok(_) if is_rest => {}
                Ok(_) => self.parse(String::from_utf8_lossy(&line).trim()),
            }
            is_rest = !line.ends_with(b"\n");
        }
    }

    fn parse(&self, line: &str) {
        let mut summary = self.lock();
        if let Some(length) =
            line.strip_prefix("[info] Duration: ").or_else(|| line.strip_prefix("[info]   Duration: "))
        {
            summary.length = summary.length.or_else(|| parse_clock(length.split(',').next()?.trim()));
        }
        let level = level(line);
        let is_fault = level.is_some_and(|level| ERROR_LEVELS.contains(&level));
        if is_fault && !IGNORED_ERRORS.iter().any(|harmless| line.contains(harmless)) {
            summary.fault.get_or_insert_with(|| message(line));
        } else if !line.is_empty() && (is_fault || level.is_none()) {
            summary.other = Some(message(line));
        }
    }

    /// The state of the log up to the line that was read last.
    pub(super) fn summary(&self) -> LogSummary {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, LogSummary> {
        self.summary.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The level of a line: in brackets before the message, after the component of ffmpeg. The message may have brackets of
/// its own, such as the title of a video.
fn level(line: &str) -> Option<&str> {
    let mut rest = line;
    while let Some((part, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        if HARMLESS_LEVELS.contains(&part) || ERROR_LEVELS.contains(&part) {
            return Some(part);
        }
        rest = after.trim_start();
    }
    None
}

/// Parses `00:01:02.50`.
fn parse_clock(text: &str) -> Option<Duration> {
    let mut parts = text.splitn(3, ':');
    let mut part = || parts.next()?.parse::<f64>().ok().filter(|part| (0.0..1e6).contains(part));
    let seconds = part()? * 3600.0 + part()? * 60.0 + part()?;
    Some(Duration::from_secs_f64(seconds))
}

/// An error's message without the level, the component with its address, and the file's name.
fn message(line: &str) -> String {
    let mut rest = line;
    while let Some((_, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        rest = after.trim_start();
    }
    if rest.starts_with("file:")
        && let Some((_, after)) = rest.rsplit_once(": ")
    {
        rest = after;
    }
    rest.chars().take(MAX_MESSAGE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str) -> (Option<Duration>, Option<String>) {
        let log = FfmpegLog::default();
        log.read(text.as_bytes());
        let summary = log.summary();
        (summary.length, summary.fault)
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
        assert_eq!((length, fault.map(|fault| fault.len())), (None, Some(MAX_MESSAGE_CHARS)));
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
        let log = FfmpegLog::default();
        log.read(&b"[info] a\nffmpeg: error while loading shared libraries: libx.so\n[warning] b\n\n"[..]);
        assert_eq!(log.summary().fault, None);
        assert_eq!(log.summary().other.as_deref(), Some("ffmpeg: error while loading shared libraries: libx.so"));
    }
}
