//! A film that is being decoded: a child process, a thread that reads its frames, one that listens.

use std::ffi::OsString;
use std::io::{self, BufReader};
use std::process::{ChildStdout, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use image::RgbImage;

use super::log::FfmpegLog;
use super::{Ffmpeg, LONGEST, VideoSource, ppm, rate, time};
use crate::context::ScanContext;
use crate::subprocess::ChildGuard;
use crate::{MediaError, MediaSettings};
use dianjian_document::source::display_name;

/// Frames that may wait to be looked at.
const AHEAD: usize = 2;

/// How often a waiting thread looks whether it should stop.
const STEP: Duration = Duration::from_millis(50);

/// A child that gives no frame for so long is stuck.
const STUCK: Duration = Duration::from_secs(180);

/// A child that has said all ends within this time.
const LEAVING: Duration = Duration::from_secs(20);

/// Which frames are wanted.
#[derive(Debug, Clone, Copy)]
pub enum FrameSelection {
    /// All, at the rate.
    All,
    /// The one that is shown at a time; it is the last that comes.
    At(Duration),
}

/// A film that is being decoded. The child is killed when it is dropped.
pub struct VideoDecoder {
    frames: Receiver<io::Result<RgbImage>>,
    said: Arc<FfmpegLog>,
    /// Disconnected when nothing more will be said.
    silent: Receiver<()>,
    came: bool,
    child: ChildGuard,
}

impl VideoDecoder {
    /// Starts decoding.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn open(
        task: ScanContext<'_>,
        ffmpeg: &Ffmpeg,
        source: VideoSource<'_>,
        settings: &MediaSettings,
        part: FrameSelection,
    ) -> Result<Self, MediaError> {
        let mut command = ffmpeg.command();
        command.args(arguments(source, settings, part)).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = ChildGuard::spawn(&mut command).map_err(|error| not_run(task, ffmpeg, &error))?;
        let (stdout, stderr) = child.with(|child| (child.stdout.take(), child.stderr.take()));
        let said = Arc::new(FfmpegLog::default());
        let (speaking, silent) = bounded::<()>(0);
        let listener = Arc::clone(&said);
        std::thread::spawn(move || {
            if let Some(stderr) = stderr {
                listener.listen(BufReader::new(stderr));
            }
            drop(speaking);
        });
        Ok(Self { frames: frames(stdout), said, silent, came: false, child })
    }

    /// How long the film says it is, once that is known.
    pub fn length(&self) -> Option<Duration> {
        self.said.length()
    }

    /// The next frame; `None`: the film is over, and nothing was wrong with it.
    ///
    /// # Errors
    /// The film is broken, the time is over, or the user wants to stop.
    pub fn next(&mut self, task: ScanContext<'_>) -> Result<Option<RgbImage>, MediaError> {
        let begun = Instant::now();
        loop {
            task.check()?;
            match self.frames.recv_timeout(STEP) {
                Ok(Ok(frame)) => {
                    self.came = true;
                    // What comes after a fault makes the film no better.
                    return self.said.fault().map_or(Ok(Some(frame)), |fault| Err(broken(task.name, &fault)));
                }
                Ok(Err(_)) => return Err(self.cut_off(task)),
                Err(RecvTimeoutError::Disconnected) => return self.over(task).map(|()| None),
                Err(RecvTimeoutError::Timeout) if begun.elapsed() > STUCK => {
                    return Err(MediaError::Stuck { name: task.name.to_owned(), seconds: STUCK.as_secs() });
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// No more frames come: was that all, and well?
    fn over(&self, task: ScanContext<'_>) -> Result<(), MediaError> {
        let begun = Instant::now();
        let status = loop {
            task.check()?;
            match self.child.wait(STEP) {
                Ok(Some(status)) => break status,
                Ok(None) if begun.elapsed() < LEAVING => {}
                Ok(None) => {
                    return Err(MediaError::Stuck { name: task.name.to_owned(), seconds: LEAVING.as_secs() });
                }
                Err(error) => return Err(MediaError::Io { name: task.name.to_owned(), reason: error.to_string() }),
            }
        };
        self.hear_all();
        match self.said.fault() {
            Some(fault) => Err(broken(task.name, &fault)),
            None if !status.success() => {
                Err(broken(task.name, &self.said.other().unwrap_or_else(|| status.to_string())))
            }
            None if !self.came => Err(no_frames(task.name)),
            None => Ok(()),
        }
    }

    /// A frame that is none: most likely the child died over it.
    fn cut_off(&self, task: ScanContext<'_>) -> MediaError {
        // A child that still writes something else would never end.
        let _ = self.child.with(std::process::Child::kill);
        self.hear_all();
        match self.said.fault() {
            Some(fault) => broken(task.name, &fault),
            None => MediaError::broken(task.name, "ffmpeg 给出的画面不完整", "ffmpeg gave an incomplete frame"),
        }
    }

    /// The last words may come after the last frame. A grandchild that keeps the pipe is not waited for.
    fn hear_all(&self) {
        let _ = self.silent.recv_timeout(Duration::from_secs(2));
    }
}

/// Reads frames in a thread of its own, which ends with the pipe or when nobody wants more.
fn frames(stdout: Option<ChildStdout>) -> Receiver<io::Result<RgbImage>> {
    let (give, take) = bounded(AHEAD);
    std::thread::spawn(move || {
        let Some(stdout) = stdout else { return };
        let mut from = BufReader::with_capacity(1 << 16, stdout);
        while let Some(frame) = ppm::read(&mut from).transpose() {
            let is_last = frame.is_err();
            if give.send(frame).is_err() || is_last {
                return;
            }
        }
    });
    take
}

/// The command line: one file, read as what it is, nothing else opened; its first film, no cover. Frames of
/// too many pixels are refused before memory is taken for them.
fn arguments(source: VideoSource<'_>, settings: &MediaSettings, part: FrameSelection) -> Vec<OsString> {
    let rate = rate(settings);
    let pixels = settings.limits.pixels.min(i64::MAX.unsigned_abs());
    let mut list: Vec<OsString> = Vec::new();
    let mut add = |words: &[&str]| list.extend(words.iter().map(OsString::from));
    add(&["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info", "-max_pixels", &pixels.to_string()]);
    add(&["-protocol_whitelist", "file,pipe"]);
    add(&["-threads", "2", "-f", source.container.demuxer()]);
    let mut count = None;
    if let FrameSelection::At(at) = part {
        // The frame before decides what is shown at the time itself.
        let before = at.saturating_sub(time(1, rate));
        count = Some(((at - before).as_secs_f64() * rate).round() + 1.0);
        add(&["-ss", &format!("{:.6}", before.as_secs_f64())]);
    }
    add(&["-i"]);
    let mut address = OsString::from("file:");
    address.push(source.path);
    list.push(address);
    let mut add = |words: &[&str]| list.extend(words.iter().map(OsString::from));
    add(&["-map", "0:V:0", "-an", "-sn", "-dn", "-vf", &filters(rate)]);
    if let Some(count) = count {
        add(&["-frames:v", &count.to_string()]);
    }
    add(&["-c:v", "ppm", "-f", "image2pipe", "pipe:1"]);
    list
}

/// The frame that is shown at each moment of the rate's grid (`round=up`: the last one before it), with
/// square pixels and no side longer than [`LONGEST`]. `ffmpeg` turns it upright by itself.
fn filters(rate: f64) -> String {
    let width = "if(gt(sar,0),iw*sar,iw)";
    let scale = format!("min(1,{LONGEST}/max({width},ih))");
    format!(
        "fps={rate}:round=up:start_time=0,\
         scale=w='max(1,round({width}*{scale}))':h='max(1,round(ih*{scale}))',setsar=1,format=rgb24"
    )
}

fn not_run(task: ScanContext<'_>, ffmpeg: &Ffmpeg, error: &io::Error) -> MediaError {
    let name = task.name.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => {
            MediaError::NoFfmpeg { name, named: Some(display_name(&ffmpeg.program().to_string_lossy()).to_string()) }
        }
        io::ErrorKind::Interrupted => MediaError::Interrupted { name },
        _ => MediaError::Io { name, reason: format!("ffmpeg: {error}") },
    }
}

fn broken(name: &str, fault: &str) -> MediaError {
    if fault.contains("matches no streams") {
        return MediaError::broken(name, "文件里没有视频画面", "there is no video stream in it");
    }
    if let Some((width, height, limit)) = too_many_pixels(fault) {
        return MediaError::TooManyPixels { name: name.to_owned(), width, height, limit };
    }
    MediaError::broken(name, format!("ffmpeg：{fault}"), format!("ffmpeg: {fault}"))
}

/// Width, height and limit, where that is the fault: `Picture size 1920x1080 exceeds specified max pixel count 9`.
fn too_many_pixels(fault: &str) -> Option<(u64, u64, u64)> {
    let (before, limit) = fault.split_once(" exceeds specified max pixel count ")?;
    let (width, height) = before.rsplit(' ').next()?.split_once('x')?;
    let limit = limit.split(|c: char| !c.is_ascii_digit()).next()?;
    Some((width.parse().ok()?, height.parse().ok()?, limit.parse().ok()?))
}

/// What is said of a film without a frame.
pub fn no_frames(name: &str) -> MediaError {
    MediaError::broken(name, "视频里一帧画面也没有", "there is not a single frame in it")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::container::Container;
    use super::*;

    #[test]
    fn sizes_are_read_from_the_fault() {
        let fault = "[IMGUTILS @ 0x7f] Picture size 1920x1080 exceeds specified max pixel count 1000, see the docs";
        assert_eq!(too_many_pixels(fault), Some((1920, 1080, 1000)));
        assert_eq!(too_many_pixels("Invalid data found"), None);
    }

    #[test]
    fn the_file_is_read_as_what_it_is_and_nothing_else_is() {
        let source = VideoSource { path: Path::new("-i concat:a|b"), container: Container::Flv };
        let settings = MediaSettings::default();
        let list = arguments(source, &settings, FrameSelection::All);
        let words: Vec<&str> = list.iter().filter_map(|word| word.to_str()).collect();
        let line = words.join(" ");
        assert!(line.contains("-protocol_whitelist file,pipe -threads 2 -f flv -i file:-i concat:a|b -map 0:V:0"));
        assert!(line.contains("-max_pixels 48000000 "), "{line}");
        assert!(line.contains("-vf fps=2:round=up:start_time=0,scale"));
        let line =
            arguments(source, &settings, FrameSelection::At(Duration::from_millis(1500))).join(&OsString::from(" "));
        let line = line.to_string_lossy();
        assert!(line.contains("-ss 1.000000 -i") && line.contains("-frames:v 2 "), "{line}");
        let line = arguments(source, &settings, FrameSelection::At(Duration::ZERO)).join(&OsString::from(" "));
        assert!(line.to_string_lossy().contains("-frames:v 1 "));
    }
}
