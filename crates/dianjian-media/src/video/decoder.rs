//! A video being decoded: a child process, a thread that reads its frames and one that reads its log.

use std::ffi::OsString;
use std::io::{self, BufReader};
use std::process::{ChildStdout, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use dianjian_base::display_name;
use image::RgbImage;

use super::log::{FfmpegLog, LogSummary};
use super::{Ffmpeg, MAX_SIDE, VideoSource, ppm, rate, time};
use crate::MediaError;
use crate::context::ScanContext;
use crate::subprocess::ChildGuard;

/// Decoded frames that may wait in the queue.
const QUEUED_FRAMES: usize = 2;

/// How often a waiting thread checks for cancellation.
const POLL: Duration = Duration::from_millis(50);

/// A child that yields no frame for this long is stuck.
const FRAME_TIMEOUT: Duration = Duration::from_secs(180);

/// A child that has closed its output ends within this time.
const EXIT_TIMEOUT: Duration = Duration::from_secs(20);

/// Which frames to decode.
#[derive(Debug, Clone, Copy)]
pub(super) enum FrameSelection {
    /// All frames, at the rate of the settings.
    All,
    /// The frame that is displayed at a time. It is the last one that ffmpeg returns.
    At(Duration),
    /// The only frame of a picture, as it is coded.
    Still,
}

/// A video being decoded. Dropping it kills the child.
pub(super) struct VideoDecoder {
    frames: Receiver<io::Result<RgbImage>>,
    log: Arc<FfmpegLog>,
    /// Disconnected once the log is complete.
    log_ended: Receiver<()>,
    has_frames: bool,
    child: ChildGuard,
}

impl VideoDecoder {
    /// Starts ffmpeg and the threads that read its output.
    pub(super) fn open(
        context: ScanContext<'_>,
        source: VideoSource<'_>,
        part: FrameSelection,
    ) -> Result<Self, MediaError> {
        let mut command = source.ffmpeg.command();
        command.args(arguments(source, part)).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = ChildGuard::spawn(&mut command).map_err(|error| not_run(context, source.ffmpeg, &error))?;
        let (stdout, stderr) = child.with(|child| (child.stdout.take(), child.stderr.take()));
        let log = Arc::new(FfmpegLog::default());
        let (log_open, log_ended) = bounded::<()>(0);
        let reader = Arc::clone(&log);
        std::thread::spawn(move || {
            if let Some(stderr) = stderr {
                reader.read(BufReader::new(stderr));
            }
            drop(log_open);
        });
        Ok(Self { frames: frames(stdout), log, log_ended, has_frames: false, child })
    }

    /// The duration that the file declares, once ffmpeg has reported it.
    pub(super) fn length(&self) -> Option<Duration> {
        self.log.summary().length
    }

    /// The next frame; `None` after the last one of a video without errors.
    pub(super) fn next(&mut self, context: ScanContext<'_>) -> Result<Option<RgbImage>, MediaError> {
        let begun = Instant::now();
        loop {
            context.check()?;
            match self.frames.recv_timeout(POLL) {
                Ok(Ok(frame)) => {
                    self.has_frames = true;
                    // Frames after an error do not make the video whole.
                    return self.log.summary().fault.map_or(Ok(Some(frame)), |fault| Err(broken(context.name, &fault)));
                }
                Ok(Err(_)) => return Err(self.malformed_frame(context)),
                Err(RecvTimeoutError::Disconnected) => return self.finish(context).map(|()| None),
                Err(RecvTimeoutError::Timeout) if begun.elapsed() > FRAME_TIMEOUT => {
                    return Err(stuck(context, FRAME_TIMEOUT));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Checks, after the last frame, that the child ended without errors.
    fn finish(&self, context: ScanContext<'_>) -> Result<(), MediaError> {
        let begun = Instant::now();
        let status = loop {
            context.check()?;
            match self.child.wait(POLL) {
                Ok(Some(status)) => break status,
                Ok(None) if begun.elapsed() < EXIT_TIMEOUT => {}
                Ok(None) => return Err(stuck(context, EXIT_TIMEOUT)),
                Err(error) => return Err(MediaError::Io { name: context.name.to_owned(), reason: error.to_string() }),
            }
        };
        self.drain_log();
        let LogSummary { fault, other, .. } = self.log.summary();
        match fault {
            Some(fault) => Err(broken(context.name, &fault)),
            None if !status.success() => Err(broken(context.name, &other.unwrap_or_else(|| status.to_string()))),
            None if !self.has_frames => Err(no_frames(context.name)),
            None => Ok(()),
        }
    }

    /// The error for malformed output: most likely the child died while writing a frame.
    fn malformed_frame(&self, context: ScanContext<'_>) -> MediaError {
        // A child that goes on writing would never end.
        let _ = self.child.with(std::process::Child::kill);
        self.drain_log();
        match self.log.summary().fault {
            Some(fault) => broken(context.name, &fault),
            None => MediaError::broken(context.name, "ffmpeg 给出的画面不完整", "ffmpeg returned an incomplete frame"),
        }
    }

    /// Waits for the end of the log, which may come after the last frame, but not for a grandchild that holds the pipe
    /// open.
    fn drain_log(&self) {
        let _ = self.log_ended.recv_timeout(Duration::from_secs(2));
    }
}

/// Reads frames in a thread of its own, which ends with the pipe or with the receiver.
fn frames(stdout: Option<ChildStdout>) -> Receiver<io::Result<RgbImage>> {
    let (sender, receiver) = bounded(QUEUED_FRAMES);
    std::thread::spawn(move || {
        let Some(stdout) = stdout else { return };
        let mut from = BufReader::with_capacity(1 << 16, stdout);
        while let Some(frame) = ppm::read(&mut from).transpose() {
            let is_last = frame.is_err();
            if sender.send(frame).is_err() || is_last {
                return;
            }
        }
    });
    receiver
}

/// The arguments of ffmpeg. It opens this one file, in the format that its content has, and nothing that the file refers
/// to; it decodes the first video stream that is no cover picture, and refuses frames over the limit on pixels before it
/// allocates memory for them.
fn arguments(source: VideoSource<'_>, part: FrameSelection) -> Vec<OsString> {
    let rate = rate(source.settings);
    let pixels = source.settings.limits.pixels.min(i64::MAX.unsigned_abs());
    let mut list: Vec<OsString> = Vec::new();
    let mut add = |words: &[&str]| list.extend(words.iter().map(OsString::from));
    add(&["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info", "-max_pixels", &pixels.to_string()]);
    add(&["-protocol_whitelist", "file,pipe"]);
    add(&["-threads", "2", "-f", source.container.demuxer()]);
    let (mut count, mut filters) = (None, filters(rate));
    match part {
        FrameSelection::All => {}
        FrameSelection::At(at) => {
            // Start one frame earlier: the frame before decides what is shown at the time itself.
            let before = at.saturating_sub(time(1, rate));
            count = Some(((at - before).as_secs_f64() * rate).round() + 1.0);
            add(&["-ss", &format!("{:.6}", before.as_secs_f64())]);
        }
        FrameSelection::Still => {
            (count, filters) = (Some(1.0), "format=rgb24".to_owned());
            add(&["-noautorotate"]);
        }
    }
    add(&["-i"]);
    let mut address = OsString::from("file:");
    address.push(source.path);
    list.push(address);
    let mut add = |words: &[&str]| list.extend(words.iter().map(OsString::from));
    add(&["-map", "0:V:0", "-an", "-sn", "-dn", "-vf", &filters]);
    if let Some(count) = count {
        add(&["-frames:v", &count.to_string()]);
    }
    add(&["-c:v", "ppm", "-f", "image2pipe", "pipe:1"]);
    list
}

/// The filter graph: at each tick of the rate the frame that is shown then (`round=up`: the last one before the tick),
/// with square pixels and no side longer than [`MAX_SIDE`]. ffmpeg applies the rotation by itself.
fn filters(rate: f64) -> String {
    let width = "if(gt(sar,0),iw*sar,iw)";
    let scale = format!("min(1,{MAX_SIDE}/max({width},ih))");
    format!(
        "fps={rate}:round=up:start_time=0,\
         scale=w='max(1,round({width}*{scale}))':h='max(1,round(ih*{scale}))',setsar=1,format=rgb24"
    )
}

fn stuck(context: ScanContext<'_>, timeout: Duration) -> MediaError {
    MediaError::Stuck { name: context.name.to_owned(), seconds: timeout.as_secs() }
}

fn not_run(context: ScanContext<'_>, ffmpeg: &Ffmpeg, error: &io::Error) -> MediaError {
    let name = context.name.to_owned();
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
        return MediaError::broken(name, "文件里没有视频画面", "it contains no video stream");
    }
    if let Some((width, height, limit)) = too_many_pixels(fault) {
        return MediaError::TooManyPixels { name: name.to_owned(), width, height, limit };
    }
    MediaError::broken(name, format!("ffmpeg：{fault}"), format!("ffmpeg: {fault}"))
}

/// Width, height and limit of the error `Picture size 1920x1080 exceeds specified max pixel count 9`.
fn too_many_pixels(fault: &str) -> Option<(u64, u64, u64)> {
    let (before, limit) = fault.split_once(" exceeds specified max pixel count ")?;
    let (width, height) = before.rsplit(' ').next()?.split_once('x')?;
    let limit = limit.split(|c: char| !c.is_ascii_digit()).next()?;
    Some((width.parse().ok()?, height.parse().ok()?, limit.parse().ok()?))
}

/// The error for a video without a single frame.
pub(super) fn no_frames(name: &str) -> MediaError {
    MediaError::broken(name, "视频里一帧画面也没有", "it contains no frames")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::container::Container;
    use super::*;
    use crate::MediaSettings;

    #[test]
    fn sizes_are_read_from_the_fault() {
        let fault = "[IMGUTILS @ 0x7f] Picture size 1920x1080 exceeds specified max pixel count 1000, see the docs";
        assert_eq!(too_many_pixels(fault), Some((1920, 1080, 1000)));
        assert_eq!(too_many_pixels("Invalid data found"), None);
    }

    #[test]
    fn the_file_is_read_as_what_it_is_and_nothing_else_is() {
        let (ffmpeg, settings) = (&Ffmpeg::at("ffmpeg"), &MediaSettings::default());
        let source = VideoSource { path: Path::new("-i concat:a|b"), container: Container::Flv, ffmpeg, settings };
        let list = arguments(source, FrameSelection::All);
        let words: Vec<&str> = list.iter().filter_map(|word| word.to_str()).collect();
        let line = words.join(" ");
        assert!(line.contains("-protocol_whitelist file,pipe -threads 2 -f flv -i file:-i concat:a|b -map 0:V:0"));
        assert!(line.contains("-max_pixels 48000000 "), "{line}");
        assert!(line.contains("-vf fps=5:round=up:start_time=0,scale"));
        let line = arguments(source, FrameSelection::At(Duration::from_millis(1500))).join(&OsString::from(" "));
        let line = line.to_string_lossy();
        assert!(line.contains("-ss 1.300000 -i") && line.contains("-frames:v 2 "), "{line}");
        let line = arguments(source, FrameSelection::At(Duration::ZERO)).join(&OsString::from(" "));
        assert!(line.to_string_lossy().contains("-frames:v 1 "));
    }
}
