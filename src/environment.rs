//! The environment: language, day, terminal, cache folder, `ffmpeg`. Only this module reads the clock and variables, so
//! that everything else is a function of its arguments.

use std::ffi::OsString;
use std::io::{IsTerminal as _, stderr, stdin, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{Days, FixedOffset, NaiveDate, SecondsFormat, Utc};
use dianjian_base::lang::Lang;
use dianjian_base::localized;
use dianjian_media::{
    BrokenReader, Ffmpeg, MediaProgress, MediaScanner, MediaSettings, ModelError, OcrModels, PaddleReader, ScanCache,
    TextReader, TextSetting, detector_version,
};
use dianjian_report::DisplayOptions;
use dianjian_report::picture::GraphicsProtocol;

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set or TERM is dumb.
    #[default]
    Auto,
    Always,
    Never,
}

/// A variable of the environment that is set and not empty.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The locale's language: the first of `LC_ALL`, `LC_MESSAGES`, `LANG` that is set; English for
/// languages that messages do not exist in.
pub fn lang() -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable);
    locale.and_then(|locale| locale.parse().ok()).unwrap_or_default()
}

/// The offset of Asia/Shanghai from UTC in seconds; there is no daylight saving time.
const SHANGHAI: i32 = 8 * 3600;

/// Today in Asia/Shanghai.
pub fn today() -> NaiveDate {
    let now = Utc::now();
    match FixedOffset::east_opt(SHANGHAI) {
        Some(shanghai) => now.with_timezone(&shanghai).date_naive(),
        None => now.date_naive(),
    }
}

/// The time in Asia/Shanghai to the second, for records of what was done when.
pub fn now() -> String {
    time(std::time::SystemTime::now())
}

/// As [`now`], of another time.
pub fn time(time: std::time::SystemTime) -> String {
    let now: chrono::DateTime<Utc> = time.into();
    match FixedOffset::east_opt(SHANGHAI) {
        Some(shanghai) => now.with_timezone(&shanghai).to_rfc3339_opts(SecondsFormat::Secs, false),
        None => now.to_rfc3339_opts(SecondsFormat::Secs, true),
    }
}

/// The day a number of days later, or the calendar's last one.
pub fn days_after(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

/// A text on the command line that is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub struct NotADay;

localized! { NotADay {
    Self => { zh: "没有这一天；日期写成 YYYY-MM-DD", en: "there is no such day; dates are written YYYY-MM-DD" }
} }

/// Reads a day given on the command line.
///
/// # Errors
/// It is not written `YYYY-MM-DD`, or the calendar does not have it.
pub fn day(text: &str) -> Result<NaiveDate, NotADay> {
    let shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    shaped.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten().ok_or(NotADay)
}

/// The arguments that are meant: a program that was clicked on, or on which files were dropped, has no command, and opens
/// the workbench; one that is given files in a terminal checks them.
pub fn meant(args: Vec<OsString>) -> Vec<OsString> {
    let is_seen = stdin().is_terminal() || stdout().is_terminal() || stderr().is_terminal();
    let has_screen = cfg!(any(windows, target_os = "macos"))
        || ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(|name| variable(name).is_some());
    if is_seen || !has_screen { with_check(args) } else { with_command(args, &|path| Path::new(path).exists()) }
}

/// Adds the command where all arguments are files.
fn with_command(args: Vec<OsString>, is_file: &dyn Fn(&OsString) -> bool) -> Vec<OsString> {
    let mut rest = args.iter().skip(1);
    if !rest.all(is_file) {
        return args;
    }
    let mut args = args;
    args.insert(args.len().min(1), "serve".into());
    args
}

/// Adds `check` where the first argument that is no flag is a file rather than a command.
fn with_check(args: Vec<OsString>) -> Vec<OsString> {
    const WITH_VALUE: [&str; 2] = ["--lang", "--color"];
    let mut is_value = false;
    let first = args.iter().skip(1).find(|arg| {
        let text = arg.to_string_lossy();
        let is_flag = text.starts_with('-') && text.len() > 1;
        let is_first = !is_flag && !is_value;
        is_value = WITH_VALUE.contains(&&*text);
        is_first
    });
    let is_path = |arg: &OsString| {
        let text = arg.to_string_lossy();
        // A file that is not there is said to be missing, rather than to be no command.
        let is_named_so = text.contains(['/', '\\']) || Path::new(arg).extension().is_some();
        is_named_so || !is_command(&text) && Path::new(arg).exists()
    };
    let is_given = first.is_some_and(is_path);
    let mut args = args;
    if is_given {
        args.insert(args.len().min(1), "check".into());
    }
    args
}

/// Whether there is a command of that name.
fn is_command(name: &str) -> bool {
    name == "help" || crate::args::command().get_subcommands().any(|command| command.get_name() == name)
}

/// What the standard output can display.
pub fn look(color: ColorChoice) -> DisplayOptions {
    let terminal = stdout().is_terminal();
    let dumb = variable("TERM").is_some_and(|term| term == "dumb");
    let color = match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => terminal && !dumb && variable("NO_COLOR").is_none(),
    };
    let pictures = GraphicsProtocol::detect(variable).filter(|_| terminal && color);
    DisplayOptions { color, width: columns(), unicode: !dumb, links: color && terminal, pictures }
}

/// Columns of the standard output: of the terminal, else as `COLUMNS` says, else 100.
pub fn columns() -> usize {
    const USUAL: usize = 100;
    let terminal = stdout().is_terminal();
    let asked = || variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let drawn = || terminal_size::terminal_size_of(stdout()).map(|(width, _)| usize::from(width.0));
    let width = if terminal { drawn().or_else(asked) } else { asked() };
    width.filter(|width| *width >= 20).unwrap_or(USUAL)
}

/// The scanner of pictures and videos. `remember`: whether results are cached for later runs.
pub fn scanner(settings: MediaSettings, remember: bool, watch: Arc<dyn MediaProgress>) -> Arc<MediaScanner> {
    let cache = if remember { cache() } else { None };
    let reader = reader(&settings.text);
    Arc::new(MediaScanner::new(settings, watch).with_cache(cache).with_ffmpeg(ffmpeg()).with_reader(reader))
}

/// What reads the text of pictures. Files that are there and cannot be used make one that fails on each picture.
fn reader(setting: &TextSetting) -> Option<Arc<dyn TextReader>> {
    match ocr_models(setting)? {
        Ok(models) => Some(Arc::new(PaddleReader::new(models))),
        Err(error) => Some(Arc::new(BrokenReader(error))),
    }
}

/// The networks of the engine that reads text; `None`: text is not to be read.
pub fn ocr_models(setting: &TextSetting) -> Option<Result<OcrModels, ModelError>> {
    let setting = match setting {
        TextSetting::Users => variable("DIANJIAN_OCR").map_or(TextSetting::Users, TextSetting::named),
        named => named.clone(),
    };
    match setting {
        TextSetting::Off => None,
        TextSetting::BuiltIn => Some(Ok(OcrModels::built_in())),
        TextSetting::Folder(folder) => Some(OcrModels::open(&folder)),
        TextSetting::Users => match ocr_folder().map(|folder| OcrModels::open(&folder)) {
            None | Some(Err(ModelError::NoneThere { .. })) => Some(Ok(OcrModels::built_in())),
            models => models,
        },
    }
}

/// Where `dianjian ocr add` puts an engine's files: a folder of ours in the user's data.
pub fn ocr_folder() -> Option<PathBuf> {
    Some(state_folder()?.join("ocr"))
}

/// The user's cache of scans; `None` if no variable names a folder for it.
pub fn cache() -> Option<ScanCache> {
    Some(ScanCache::new(cache_folder()?, &detector_version()))
}

/// The program that `DIANJIAN_FFMPEG` names, else the one on the search path.
pub fn ffmpeg() -> Option<Ffmpeg> {
    Ffmpeg::find(std::env::var_os("DIANJIAN_FFMPEG").as_deref(), std::env::var_os("PATH").as_deref())
}

/// `DIANJIAN_CACHE_DIR`, else a folder of ours in the user's cache.
fn cache_folder() -> Option<PathBuf> {
    user_folder("DIANJIAN_CACHE_DIR", "XDG_CACHE_HOME", ".cache")
}

/// `DIANJIAN_STATE_DIR`, else a folder of ours in the user's data: what the workbench remembers.
pub fn state_folder() -> Option<PathBuf> {
    user_folder("DIANJIAN_STATE_DIR", "XDG_DATA_HOME", ".local/share")
}

/// The folder that a variable of ours names, else one below the user's folder for such things.
fn user_folder(own: &str, xdg: &str, below_home: &str) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from);
    // The XDG specification requires that relative paths are ignored.
    let absolute = |name: &str| folder(name).filter(|folder| folder.is_absolute());
    let users = || match cfg!(windows) {
        true => absolute("LOCALAPPDATA"),
        false => absolute(xdg).or_else(|| Some(absolute("HOME")?.join(below_home))),
    };
    folder(own).or_else(|| Some(users()?.join("dianjian")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_never_beyond_the_calendar() {
        assert_eq!(days_after(NaiveDate::MAX, 1), NaiveDate::MAX);
    }

    #[test]
    fn a_click_and_dropped_files_open_the_workbench() {
        let meant = |args: &[&str]| {
            let args = args.iter().map(OsString::from).collect();
            let args = with_command(args, &|path| *path == *"店铺.xlsx");
            args.into_iter().map(|arg| arg.to_string_lossy().into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(meant(&["dianjian"]), ["dianjian", "serve"]);
        assert_eq!(meant(&["dianjian", "店铺.xlsx"]), ["dianjian", "serve", "店铺.xlsx"]);
        assert_eq!(meant(&["dianjian", "check", "店铺.xlsx"]), ["dianjian", "check", "店铺.xlsx"]);
        assert_eq!(meant(&["dianjian", "--help"]), ["dianjian", "--help"]);
    }

    #[test]
    fn a_day_is_written_in_one_way() {
        assert_eq!(day("2028-02-29"), Ok(NaiveDate::from_ymd_opt(2028, 2, 29).unwrap()));
        for wrong in ["2026-02-30", "2026-2-3", "20260203", "tomorrow", "", " 2026-02-3", "+026-02-03", "2026-02-03T"] {
            assert_eq!(day(wrong), Err(NotADay), "{wrong}");
        }
    }
}
