//! Why an asset could not be looked at. Each of these is a problem of the run, never a pass.

use dianjian_base::lang::{Lang, Localized, Text};

/// Why an asset could not be looked at. `name` is the asset as the user wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum MediaError {
    /// There is no such file.
    #[error("{}", self.text(Lang::En))]
    NotFound { name: String },
    /// A pattern or folder that holds nothing to look at.
    #[error("{}", self.text(Lang::En))]
    NoneThere { name: String },
    /// A pattern that makes no sense.
    #[error("{}", self.text(Lang::En))]
    BadPattern { name: String, reason: String },
    /// A pattern or folder with too many files.
    #[error("{}", self.text(Lang::En))]
    TooMany { name: String, limit: usize },
    /// An address: the program opens files only.
    #[error("{}", self.text(Lang::En))]
    Address { name: String },
    /// A file without a byte.
    #[error("{}", self.text(Lang::En))]
    Empty { name: String },
    /// A file of more bytes than are read.
    #[error("{}", self.text(Lang::En))]
    TooLarge { name: String, bytes: u64, limit: u64 },
    /// A picture of more pixels than are decoded.
    #[error("{}", self.text(Lang::En))]
    TooManyPixels { name: String, width: u64, height: u64, limit: u64 },
    /// An animation with more frames than are looked at.
    #[error("{}", self.text(Lang::En))]
    TooManyFrames { name: String, limit: u32 },
    /// Not a picture or video of a known format.
    #[error("{}", self.text(Lang::En))]
    UnknownFormat { name: String },
    /// A picture or video that cannot be decoded.
    #[error("{}", self.text(Lang::En))]
    Broken { name: String, reason: Text },
    /// A video, and no `ffmpeg`; `named`: where it should be, as the user said.
    #[error("{}", self.text(Lang::En))]
    NoFfmpeg { name: String, named: Option<String> },
    /// A video that lasts longer than is looked at.
    #[error("{}", self.text(Lang::En))]
    TooLong { name: String, seconds: u64, limit: u64 },
    /// Looking took longer than is allowed.
    #[error("{}", self.text(Lang::En))]
    TimedOut { name: String, seconds: u64 },
    /// A video of which `ffmpeg` gave nothing for so long, and did not end either.
    #[error("{}", self.text(Lang::En))]
    Stuck { name: String, seconds: u64 },
    /// The user stopped the run.
    #[error("{}", self.text(Lang::En))]
    Interrupted { name: String },
    /// A device, a pipe or a socket, which might be read for ever.
    #[error("{}", self.text(Lang::En))]
    NotAFile { name: String },
    /// A file or folder that this user may not read.
    #[error("{}", self.text(Lang::En))]
    NoPermission { name: String },
    /// The file cannot be read.
    #[error("{}", self.text(Lang::En))]
    Io { name: String, reason: String },
}

impl MediaError {
    /// A picture or video that cannot be decoded, for a reason told in both languages.
    #[must_use]
    pub fn broken(name: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Broken { name: name.to_owned(), reason: Text { zh: zh.into(), en: en.into() } }
    }

    /// The same of an asset that the user wrote in another way.
    #[must_use]
    pub fn named(mut self, asset: &str) -> Self {
        match &mut self {
            Self::NotFound { name }
            | Self::NoneThere { name }
            | Self::BadPattern { name, .. }
            | Self::TooMany { name, .. }
            | Self::Address { name }
            | Self::Empty { name }
            | Self::TooLarge { name, .. }
            | Self::TooManyPixels { name, .. }
            | Self::TooManyFrames { name, .. }
            | Self::UnknownFormat { name }
            | Self::Broken { name, .. }
            | Self::NoFfmpeg { name, .. }
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

impl Localized for MediaError {
    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        let (zh, en) = match self {
            Self::NotFound { .. } => {
                ("路径从写着它的文件所在的文件夹算起。", "Paths start at the folder of the file that names them.")
            }
            Self::NoneThere { .. } => ("放入素材，或删掉这一项。", "Put the assets there, or remove the entry."),
            Self::Address { .. } => {
                ("先把素材下载到本地，再写本地路径。", "Download the asset and name the local file.")
            }
            Self::Empty { .. } | Self::Broken { .. } => {
                ("重新导出或下载这份素材。", "Export or download the asset again.")
            }
            Self::TooManyPixels { .. } => ("缩小图片后再检查。", "Make the picture smaller and check again."),
            Self::TooLarge { .. } | Self::TooManyFrames { .. } | Self::TooMany { .. } | Self::TooLong { .. } => (
                "把素材拆小，或在 dianjian.yaml 的 media 下调高上限。",
                "Split the asset, or raise the limit under `media` in dianjian.yaml.",
            ),
            Self::UnknownFormat { .. } => (
                "支持 PNG、JPEG、WebP、GIF、BMP 图片和 mp4、mov、flv、webm、mkv 视频。",
                "Pictures may be PNG, JPEG, WebP, GIF or BMP, videos mp4, mov, flv, webm or mkv.",
            ),
            Self::NoFfmpeg { named: None, .. } => return Some(ffmpeg_help(lang)),
            Self::NoFfmpeg { named: Some(_), .. } => (
                "改正环境变量 DIANJIAN_FFMPEG，或去掉它，改用 PATH 里的 ffmpeg。",
                "Set the variable DIANJIAN_FFMPEG right, or leave it out to use the ffmpeg on the PATH.",
            ),
            Self::NoPermission { .. } => ("给当前用户读取权限后再检查。", "Let this user read it, and check again."),
            Self::TimedOut { .. } => {
                ("换一台较快的机器，或调高 media.seconds。", "Use a faster machine, or raise `media.seconds`.")
            }
            Self::Stuck { .. } => (
                "把视频转成 mp4（H.264）后再检查；文件在网盘上时先复制到本地。",
                "Convert the video to mp4 (H.264) and check again; copy a file on a network drive here first.",
            ),
            Self::BadPattern { .. } | Self::Interrupted { .. } | Self::NotAFile { .. } | Self::Io { .. } => {
                return None;
            }
        };
        Some(if lang == Lang::Zh { zh } else { en }.to_owned())
    }
}

/// How `ffmpeg` is installed on this system, in one line.
#[must_use]
pub fn ffmpeg_help(lang: Lang) -> String {
    let command = match std::env::consts::OS {
        "windows" => "winget install ffmpeg",
        "macos" => "brew install ffmpeg",
        _ => "sudo apt install ffmpeg",
    };
    match lang {
        Lang::Zh => format!("安装后重新检查：{command}"),
        Lang::En => format!("Install it and check again: {command}"),
    }
}

impl MediaError {
    fn zh(&self) -> String {
        match self {
            Self::NotFound { name } => format!("找不到素材“{name}”"),
            Self::NoneThere { name } => format!("“{name}”里没有图片或视频"),
            Self::BadPattern { name, .. } => format!("无法理解通配符“{name}”，方括号或花括号可能没有成对"),
            Self::TooMany { name, limit } => format!("“{name}”里的素材超过 {limit} 个"),
            Self::Address { name } => format!("素材“{name}”是网址，没有检查"),
            Self::Empty { name } => format!("素材“{name}”是空文件"),
            Self::TooLarge { name, bytes, limit } => {
                format!("素材“{name}”有 {bytes} 字节，超过上限 {limit} 字节，没有检查")
            }
            Self::TooManyPixels { name, width, height, limit } => {
                format!("素材“{name}”有 {width}×{height} 像素，超过上限 {limit} 像素，没有检查")
            }
            Self::TooManyFrames { name, limit } => format!("动图“{name}”超过 {limit} 帧，没有完整检查"),
            Self::UnknownFormat { name } => format!("素材“{name}”不是已知格式的图片或视频"),
            Self::Broken { name, reason } => format!("素材“{name}”已损坏，没有检查：{}", reason.zh),
            Self::NoFfmpeg { name, named: None } => format!("视频“{name}”没有检查：没有找到 ffmpeg"),
            Self::NoFfmpeg { name, named: Some(program) } => {
                format!("视频“{name}”没有检查：DIANJIAN_FFMPEG 指定的“{program}”不存在")
            }
            Self::TooLong { name, seconds, limit } => {
                format!("视频“{name}”长 {seconds} 秒，超过上限 {limit} 秒，没有检查")
            }
            Self::TimedOut { name, seconds } => format!("素材“{name}”检查超过 {seconds} 秒，没有检查完"),
            Self::Stuck { name, seconds } => {
                format!("ffmpeg 读取视频“{name}”时 {seconds} 秒没有进展，没有检查完")
            }
            Self::Interrupted { name } => format!("检查已中断，素材“{name}”没有检查完"),
            Self::NotAFile { name } => format!("素材“{name}”不是普通文件，没有检查"),
            Self::NoPermission { name } => format!("没有权限读取素材“{name}”，没有检查"),
            Self::Io { name, reason } => format!("读取素材“{name}”失败：{reason}"),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::NotFound { name } => format!("no such asset: `{name}`"),
            Self::NoneThere { name } => format!("no pictures or videos in `{name}`"),
            Self::BadPattern { name, reason } => format!("cannot make sense of the pattern `{name}`: {reason}"),
            Self::TooMany { name, limit } => format!("`{name}` holds more than {limit} assets"),
            Self::Address { name } => format!("the asset `{name}` is an address and was not checked"),
            Self::Empty { name } => format!("the asset `{name}` is empty"),
            Self::TooLarge { name, bytes, limit } => {
                format!("the asset `{name}` has {bytes} bytes, more than the limit of {limit}, and was not checked")
            }
            Self::TooManyPixels { name, width, height, limit } => format!(
                "the asset `{name}` has {width}x{height} pixels, more than the limit of {limit}, and was not checked"
            ),
            Self::TooManyFrames { name, limit } => {
                format!("the animation `{name}` has more than {limit} frames and was not checked as a whole")
            }
            Self::UnknownFormat { name } => format!("the asset `{name}` is no picture or video of a known format"),
            Self::Broken { name, reason } => format!("the asset `{name}` is broken and was not checked: {}", reason.en),
            Self::NoFfmpeg { name, named: None } => format!("the video `{name}` was not checked: ffmpeg was not found"),
            Self::NoFfmpeg { name, named: Some(program) } => {
                format!("the video `{name}` was not checked: there is no `{program}`, which DIANJIAN_FFMPEG names")
            }
            Self::TooLong { name, seconds, limit } => {
                format!("the video `{name}` lasts {seconds} s, more than the limit of {limit} s, and was not checked")
            }
            Self::TimedOut { name, seconds } => {
                format!("checking the asset `{name}` took more than {seconds} s and was given up")
            }
            Self::Stuck { name, seconds } => {
                format!("ffmpeg made no progress with the video `{name}` for {seconds} s; not all of it was checked")
            }
            Self::Interrupted { name } => format!("the run was stopped before the asset `{name}` was checked"),
            Self::NotAFile { name } => format!("the asset `{name}` is no regular file and was not checked"),
            Self::NoPermission { name } => format!("the asset `{name}` may not be read and was not checked"),
            Self::Io { name, reason } => format!("cannot read the asset `{name}`: {reason}"),
        }
    }
}
