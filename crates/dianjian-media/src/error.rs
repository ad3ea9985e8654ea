//! Why an asset could not be scanned. Each of these is a problem of the run, never a pass.

use dianjian_base::lang::{Text, did_you_mean};
use dianjian_base::{localized, text};

/// Why an asset could not be scanned to its end. `name` is the asset as the user wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum MediaError {
    /// There is no such file.
    NotFound { name: String, near: Option<String> },
    /// A pattern or folder without a picture or video.
    NoneThere { name: String },
    /// A malformed glob pattern.
    BadPattern { name: String, reason: String },
    /// A pattern or folder with too many files.
    TooMany { name: String, limit: usize },
    /// A URL: only local files are opened.
    Address { name: String },
    /// A file of no bytes.
    Empty { name: String },
    /// A file over the limit on bytes.
    TooLarge { name: String, bytes: u64, limit: u64 },
    /// A picture, or a frame of a video, over the limit on pixels.
    TooManyPixels { name: String, width: u64, height: u64, limit: u64 },
    /// An animation over the limit on frames.
    TooManyFrames { name: String, limit: u32 },
    /// No known format of pictures or videos.
    UnknownFormat { name: String },
    /// A picture in a format that is known, but of a variety that cannot be decoded.
    Undecodable { name: String, reason: String },
    /// A damaged or truncated picture or video.
    Broken { name: String, reason: Text },
    /// A video or an AVIF picture, but no `ffmpeg` to decode it; `named` is the path that the user configured.
    NoFfmpeg { name: String, named: Option<String> },
    /// The engine that reads text failed.
    Unread { name: String, reason: String },
    /// A video over the limit on duration.
    TooLong { name: String, seconds: u64, limit: u64 },
    /// The scan was given up after the limit on time.
    TimedOut { name: String, seconds: u64 },
    /// `ffmpeg` neither yielded a frame nor ended for this long.
    Stuck { name: String, seconds: u64 },
    /// The scan was cancelled.
    Interrupted { name: String },
    /// A device, pipe or socket: reading it might never end.
    NotAFile { name: String },
    /// A file or folder without read permission.
    NoPermission { name: String },
    /// Another error of reading the file.
    Io { name: String, reason: String },
}

impl MediaError {
    /// [`Self::Broken`], with the reason in both languages.
    pub fn broken(name: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Broken { name: name.to_owned(), reason: Text { zh: zh.into(), en: en.into() } }
    }

    /// The same error under another name of the asset: one file may be named in several ways.
    #[must_use]
    pub fn named(mut self, asset: &str) -> Self {
        match &mut self {
            Self::NotFound { name, .. }
            | Self::NoneThere { name }
            | Self::BadPattern { name, .. }
            | Self::TooMany { name, .. }
            | Self::Address { name }
            | Self::Empty { name }
            | Self::TooLarge { name, .. }
            | Self::TooManyPixels { name, .. }
            | Self::TooManyFrames { name, .. }
            | Self::UnknownFormat { name }
            | Self::Undecodable { name, .. }
            | Self::Broken { name, .. }
            | Self::NoFfmpeg { name, .. }
            | Self::Unread { name, .. }
            | Self::TooLong { name, .. }
            | Self::TimedOut { name, .. }
            | Self::Stuck { name, .. }
            | Self::Interrupted { name }
            | Self::NotAFile { name }
            | Self::NoPermission { name }
            | Self::Io { name, .. } => asset.clone_into(name),
        }
        self
    }
}

/// How to install `ffmpeg` on this system, in one line.
pub fn ffmpeg_help() -> Text {
    let command = match std::env::consts::OS {
        "windows" => "winget install ffmpeg",
        "macos" => "brew install ffmpeg",
        _ => "sudo apt install ffmpeg",
    };
    text! { zh: "安装后重新检查：{command}", en: "Install it and check again: {command}" }
}

/// The help for assets over a limit that users can raise.
fn split_or_raise() -> Option<Text> {
    Some(text! {
        zh: "把素材拆小，或在 dianjian.yaml 的 media 下调高上限。",
        en: "Split the asset, or raise the limit under `media` in dianjian.yaml.",
    })
}

/// The help for assets that were spoilt on their way.
fn export_again() -> Option<Text> {
    Some(text! { zh: "重新导出或下载这份素材。", en: "Export or download the asset again." })
}

localized! { MediaError {
    Self::NotFound { name, near } => {
        zh: "找不到素材“{name}”",
        en: "no such asset: `{name}`",
        help: Some(match near {
            Some(near) => did_you_mean(near),
            None => text! {
                zh: "路径从写着它的文件所在的文件夹算起。",
                en: "Paths are relative to the folder of the file that contains them.",
            },
        }),
    }
    Self::NoneThere { name } => {
        zh: "“{name}”里没有图片或视频",
        en: "no pictures or videos in `{name}`",
        help zh: "放入素材，或删掉这一项。",
        help en: "Add the assets, or remove the entry.",
    }
    Self::BadPattern { name, reason } => {
        zh: "无法理解通配符“{name}”，方括号或花括号可能没有成对",
        en: "cannot parse the pattern `{name}`: {reason}",
    }
    Self::TooMany { name, limit } => {
        zh: "“{name}”里的素材超过 {limit} 个",
        en: "`{name}` contains more than {limit} assets",
        help: split_or_raise(),
    }
    Self::Address { name } => {
        zh: "素材“{name}”是网址，没有检查",
        en: "the asset `{name}` is a URL and was not checked",
        help zh: "先把素材下载到本地，再写本地路径。",
        help en: "Download the asset and write the path of the local file.",
    }
    Self::Empty { name } => {
        zh: "素材“{name}”是空文件",
        en: "the asset `{name}` is empty",
        help: export_again(),
    }
    Self::TooLarge { name, bytes, limit } => {
        zh: "素材“{name}”有 {bytes} 字节，超过上限 {limit} 字节，没有检查",
        en: "the asset `{name}` was not checked: its {bytes} bytes exceed the limit of {limit}",
        help: split_or_raise(),
    }
    Self::TooManyPixels { name, width, height, limit } => {
        zh: "素材“{name}”有 {width}×{height} 像素，超过上限 {limit} 像素，没有检查",
        en: "the asset `{name}` was not checked: its {width}x{height} pixels exceed the limit of {limit}",
        help zh: "缩小图片后再检查。",
        help en: "Scale the picture down and check again.",
    }
    Self::TooManyFrames { name, limit } => {
        zh: "动图“{name}”超过 {limit} 帧，没有完整检查",
        en: "the animation `{name}` was not fully checked: it has more than {limit} frames",
        help: split_or_raise(),
    }
    Self::UnknownFormat { name } => {
        zh: "素材“{name}”不是已知格式的图片或视频",
        en: "the asset `{name}` is not a picture or video in a supported format",
        help zh: "支持 PNG、JPEG、WebP、GIF、BMP、TIFF、HEIC、AVIF 图片和 mp4、mov、flv、webm、mkv 视频。",
        help en: "Supported are PNG, JPEG, WebP, GIF, BMP, TIFF, HEIC and AVIF pictures, and mp4, mov, flv, webm and mkv videos.",
    }
    Self::Undecodable { name, reason } => {
        zh: "素材“{name}”无法解码，没有检查（{reason}）",
        en: "the asset `{name}` cannot be decoded and was not checked ({reason})",
        help zh: "另存为 JPEG 或 PNG 后再检查。苹果手机可改为：设置 › 相机 › 格式 › 兼容性最佳。",
        help en: "Save it as JPEG or PNG and check again. On an iPhone choose Settings › Camera › Formats › Most Compatible.",
    }
    Self::Broken { name, reason } => {
        zh: format!("素材“{name}”已损坏，没有检查：{}", reason.zh),
        en: format!("the asset `{name}` is damaged and was not checked: {}", reason.en),
        help: export_again(),
    }
    Self::NoFfmpeg { name, named: None } => {
        zh: "素材“{name}”没有检查：没有找到 ffmpeg",
        en: "the asset `{name}` was not checked: ffmpeg was not found",
        help: Some(ffmpeg_help()),
    }
    Self::NoFfmpeg { name, named: Some(program) } => {
        zh: "素材“{name}”没有检查：DIANJIAN_FFMPEG 指定的“{program}”不存在",
        en: "the asset `{name}` was not checked: `{program}`, set by DIANJIAN_FFMPEG, does not exist",
        help zh: "改正环境变量 DIANJIAN_FFMPEG，或去掉它，改用 PATH 里的 ffmpeg。",
        help en: "Correct the environment variable DIANJIAN_FFMPEG, or unset it to use the ffmpeg on the PATH.",
    }
    Self::Unread { name, reason } => {
        zh: "素材“{name}”里的文字没有读出：{reason}",
        en: "the text in the asset `{name}` was not read: {reason}",
        help zh: "用 dianjian doctor 查看文字识别的状态；--no-ocr 只检查码。",
        help en: "See `dianjian doctor` for the state of the reader; `--no-ocr` looks for codes alone.",
    }
    Self::TooLong { name, seconds, limit } => {
        zh: "视频“{name}”长 {seconds} 秒，超过上限 {limit} 秒，没有检查",
        en: "the video `{name}` was not checked: its {seconds} s exceed the limit of {limit} s",
        help: split_or_raise(),
    }
    Self::TimedOut { name, seconds } => {
        zh: "素材“{name}”检查超过 {seconds} 秒，没有检查完",
        en: "the asset `{name}` was not fully checked: checking it took more than {seconds} s",
        help zh: "换一台较快的机器，或调高 media.seconds。",
        help en: "Use a faster machine, or raise `media.seconds`.",
    }
    Self::Stuck { name, seconds } => {
        zh: "ffmpeg 读取视频“{name}”时 {seconds} 秒没有进展，没有检查完",
        en: "the video `{name}` was not fully checked: ffmpeg made no progress for {seconds} s",
        help zh: "把视频转成 mp4（H.264）后再检查；文件在网盘上时先复制到本地。",
        help en: "Convert the video to mp4 (H.264) and check again; if it is on a network drive, copy it to this computer first.",
    }
    Self::Interrupted { name } => {
        zh: "检查已中断，素材“{name}”没有检查完",
        en: "the run was interrupted before the asset `{name}` was fully checked",
    }
    Self::NotAFile { name } => {
        zh: "素材“{name}”不是普通文件，没有检查",
        en: "the asset `{name}` is not a regular file and was not checked",
    }
    Self::NoPermission { name } => {
        zh: "没有权限读取素材“{name}”，没有检查",
        en: "the asset `{name}` was not checked: permission to read it was denied",
        help zh: "给当前用户读取权限后再检查。",
        help en: "Give the current user permission to read it, and check again.",
    }
    Self::Io { name, reason } => {
        zh: "读取素材“{name}”失败：{reason}",
        en: "cannot read the asset `{name}`: {reason}",
    }
} }
