//! `dianjian doctor`: examines the rules, the configuration and the programs that checks depend on.

use std::fmt::Write as _;
use std::path::Path;

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Localized as _, Text};
use dianjian_base::text;
use dianjian_media::{
    Ffmpeg, ModelError, OcrModels, PIPELINE_VERSION, ScanCache, decode_engines, detector_version, detector_weights,
    ffmpeg_help,
};
use dianjian_project::Project;
use dianjian_report::picture::GraphicsProtocol;
use dianjian_report::words::counted;
use serde::Serialize;
use serde_json::{Value, json};

use crate::commands::{ListFormat, pretty_json};
use crate::environment;
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{ChoiceArgs, ProjectArgs, report_problems};
use crate::terminal::TextStyle::{Bold, Cyan, Dim, Green, Plain, Red, Yellow};
use crate::terminal::{Terminal, TextStyle, cell};
use dianjian_project::config::Config;

#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    project: ProjectArgs,
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    format: ListFormat,
}

/// Examines everything that a check needs and prints what is missing.
///
/// # Errors
/// An output that cannot be written.
pub fn run(args: &DoctorArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = args.project.load(terminal)?;
    resolve(&mut project, terminal)?;
    report_problems(&project, terminal);
    let checks = vec![
        rules(&project),
        configuration(&project),
        detector(),
        decoders(),
        reader(environment::ocr_models(&project.media_settings().text)),
        ffmpeg(environment::ffmpeg().as_ref()),
        cache(environment::cache().as_ref()),
        display(terminal),
    ];
    let text = args.format.render(|| human(&checks, terminal), || json(&checks));
    terminal.print(&text)?;
    Ok(Exit::Clean.unless(checks.iter().any(|check| check.state == HealthState::Broken)))
}

/// Resolves the whole configuration as a check does, which finds unknown rules and values out of range.
fn resolve(project: &mut Project, terminal: &Terminal) -> Result<(), CliError> {
    ChoiceArgs::default().policy(project, terminal)?;
    if let Some(config) = &project.config {
        let _ = config.media(&mut project.problems);
        let _ = config.outputs(&mut project.problems);
        let _ = config.ignored(&mut project.problems);
    }
    Ok(())
}

/// The result of one check, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
enum HealthState {
    Fine,
    /// Optional and not there: a run that needs it reports a problem.
    Missing,
    /// No run can be trusted.
    Broken,
}

impl HealthState {
    fn mark(self, unicode: bool) -> (TextStyle, &'static str) {
        match (self, unicode) {
            (Self::Fine, true) => (Green, "✔"),
            (Self::Fine, false) => (Green, "ok"),
            (Self::Missing, _) => (Yellow, "!"),
            (Self::Broken, true) => (Red, "✖"),
            (Self::Broken, false) => (Red, "x"),
        }
    }
}

/// One part of the installation that was examined.
#[derive(Debug, Serialize)]
struct HealthCheck {
    id: &'static str,
    state: HealthState,
    #[serde(skip)]
    title: Text,
    message: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Text>,
    /// What `message` says, for programs.
    facts: Value,
}

impl HealthCheck {
    fn new(id: &'static str, zh: &str, en: &str, state: HealthState, message: Text, facts: Value) -> Self {
        Self { id, state, title: Text::new(zh, en), message, help: None, facts }
    }

    fn with_help(self, help: Text) -> Self {
        Self { help: Some(help), ..self }
    }

    /// Problems of files have been printed by then.
    fn see_errors_above(self) -> Self {
        match self.state {
            HealthState::Broken => self.with_help(Text::new("见上面列出的错误。", "See the errors above.")),
            HealthState::Fine | HealthState::Missing => self,
        }
    }
}

fn rules(project: &Project) -> HealthCheck {
    let pack = &project.pack;
    let rules = pack.rules.len();
    let own = pack.rules.iter().filter(|rule| !rule.shipped).count();
    let tables = pack.tables.len();
    let latest = latest(project, environment::today());
    let configuration = project.config.as_ref().map(Config::name);
    let is_wrong = project.problems.iter().any(|problem| Some(problem.file.as_str()) != configuration);
    // If the configuration cannot be read, its packs are unknown and the problems are its own.
    let state = if is_wrong && !project.broken { HealthState::Broken } else { HealthState::Fine };
    let mut message = text! { zh: "{rules} 条规则，{tables} 张表", en: "{rules} rules and {tables} tables" };
    if own > 0 {
        let _ = write!(message.zh, "，其中自定义规则 {own} 条");
        let _ = write!(message.en, ", {own} of the rules your own");
    }
    if let Some(latest) = latest {
        let _ = write!(message.zh, "；最近一次规则变化在 {latest}");
        let _ = write!(message.en, "; rules last changed on {latest}");
    }
    let facts = json!({ "rules": rules, "own": own, "tables": tables, "latest": latest });
    HealthCheck::new("rules", "规则", "rules", state, message, facts).see_errors_above()
}

/// The last day up to today on which a rule or a table row began or ceased to apply.
fn latest(project: &Project, today: NaiveDate) -> Option<NaiveDate> {
    let rules = project.pack.rules.iter().map(|rule| rule.info.effective);
    let rows = project.pack.tables.values().flat_map(|table| table.rows.iter().map(|row| row.effective));
    rules.chain(rows).flat_map(|period| [period.from, period.until]).flatten().filter(|day| *day <= today).max()
}

fn configuration(project: &Project) -> HealthCheck {
    let name = project.config.as_ref().map(Config::name);
    let is_wrong = project.broken || project.problems.iter().any(|problem| Some(problem.file.as_str()) == name);
    let state = if is_wrong { HealthState::Broken } else { HealthState::Fine };
    let message = match name {
        Some(name) => Text::new(name, name),
        None if is_wrong => Text::new("无法读取", "cannot be read"),
        None => Text::new("没有 dianjian.yaml，用默认设置", "no dianjian.yaml: defaults are used"),
    };
    let facts = json!({ "file": name });
    HealthCheck::new("configuration", "配置", "configuration", state, message, facts).see_errors_above()
}

fn detector() -> HealthCheck {
    let (hash, size) = (detector_version(), detector_weights().iter().map(|weights| weights.len()).sum::<usize>());
    let facts = json!({ "sha256": hash, "bytes": size, "pipeline": PIPELINE_VERSION });
    let (short, size) = (hash.get(..12).unwrap_or_default(), bytes(size as u64));
    let message = text! { zh: "版本 {short}，{size}", en: "version {short}, {size}" };
    HealthCheck::new("detector", "检测模型", "detector", HealthState::Fine, message, facts)
}

fn decoders() -> HealthCheck {
    let engines = decode_engines();
    let message = Text::new(engines.join("、"), engines.join(", "));
    HealthCheck::new("decoders", "解码引擎", "decoders", HealthState::Fine, message, json!({ "engines": engines }))
}

/// What reads text; its files are compared with those that were published.
fn reader(models: Option<Result<OcrModels, ModelError>>) -> HealthCheck {
    let point = |state, message, facts| HealthCheck::new("ocr", "文字识别", "text reader", state, message, facts);
    let verified = models.map(|models| models.and_then(|models| models.verify().map(|()| models)));
    match verified {
        None => {
            let message = Text::new("已关闭，图片里的文字不读", "switched off: text in pictures is not read");
            point(HealthState::Missing, message, json!({ "engine": null, "folder": null }))
        }
        Some(Ok(models)) if models.is_built_in() => {
            let message = Text::new(
                "内置的小模型，认得联系方式和带货用语里的常用字",
                "the small one in the program, which knows the characters of contacts and sales talk",
            );
            let facts = json!({ "engine": models.engine(), "licence": models.licence(), "folder": null, "files": [] });
            point(HealthState::Fine, message, facts).with_help(better_reader())
        }
        Some(Ok(models)) => {
            let (engine, licence) = (models.engine(), models.licence());
            let folder = models.folder().unwrap_or(Path::new("")).display().to_string();
            let message =
                text! { zh: "{engine}，许可证 {licence}，{folder}", en: "{engine}, licence {licence}, {folder}" };
            let facts = json!({ "engine": engine, "licence": licence, "folder": folder, "files": models.files() });
            point(HealthState::Fine, message, facts)
        }
        Some(Err(error)) => {
            let message = Text { zh: error.text(Lang::Zh), en: error.text(Lang::En) };
            point(HealthState::Broken, message, json!({ "engine": null, "folder": null }))
        }
    }
}

/// How to add a reader that knows all characters.
fn better_reader() -> Text {
    let none = ModelError::NoneThere { place: String::new() };
    let where_from = |lang| none.help(lang).unwrap_or_default();
    text! {
        zh: format!("要认得所有的字，添加 PP-OCR 的模型。{}，再 dianjian ocr add rapidocr-3.10.0-py3-none-any.whl", where_from(Lang::Zh)),
        en: format!("For all characters add the models of PP-OCR. {}, then dianjian ocr add rapidocr-3.10.0-py3-none-any.whl", where_from(Lang::En)),
    }
}

fn ffmpeg(program: Option<&Ffmpeg>) -> HealthCheck {
    let point = |state, message, facts| HealthCheck::new("ffmpeg", "ffmpeg", "ffmpeg", state, message, facts);
    let Some(program) = program else {
        let message = Text::new("没有找到，视频无法检查", "not found: videos cannot be checked");
        let help = ffmpeg_help();
        return point(HealthState::Missing, message, json!({ "path": null, "version": null })).with_help(help);
    };
    let path = program.program().display().to_string();
    let version = program.version();
    let facts = json!({ "path": path, "version": version });
    match version {
        Some(version) => point(HealthState::Fine, text! { zh: "{version}，{path}", en: "{version}, {path}" }, facts),
        None => {
            let message = text! { zh: "{path} 无法运行", en: "{path} cannot be run" };
            let help = Text::new(
                "检查 DIANJIAN_FFMPEG 和 PATH，或重新安装 ffmpeg。",
                "Look at DIANJIAN_FFMPEG and PATH, or install ffmpeg again.",
            );
            point(HealthState::Broken, message, facts).with_help(help)
        }
    }
}

fn cache(cache: Option<&ScanCache>) -> HealthCheck {
    let point = |state, message, facts| HealthCheck::new("cache", "缓存", "cache", state, message, facts);
    let how = Text::new(
        "可以用 DIANJIAN_CACHE_DIR 指定文件夹；没有缓存也能检查，只是慢一些。",
        "DIANJIAN_CACHE_DIR names another folder; without a cache checks only take longer.",
    );
    let Some(cache) = cache else {
        let message = Text::new("没有缓存文件夹", "no folder for it");
        return point(HealthState::Missing, message, json!({ "folder": null, "writable": false })).with_help(how);
    };
    let folder = cache.folder().display().to_string();
    let written = cache.try_write();
    let stock = cache.usage();
    let (entries, size) = (stock.entries, bytes(stock.bytes));
    let facts = json!({ "folder": folder, "writable": written.is_ok(), "entries": entries, "bytes": stock.bytes });
    match written {
        Ok(()) => {
            let some = counted(entries, "entry");
            let message = text! { zh: "{folder}，{entries} 条，{size}", en: "{folder}, {some}, {size}" };
            point(HealthState::Fine, message, facts)
        }
        Err(error) => {
            let message = text! { zh: "无法写入 {folder}：{error}", en: "cannot write {folder}: {error}" };
            point(HealthState::Missing, message, facts).with_help(how)
        }
    }
}

fn display(terminal: &Terminal) -> HealthCheck {
    let (look, lang) = (terminal.look, terminal.lang);
    let colors = if look.color { Text::new("有颜色", "colours") } else { Text::new("无颜色", "no colours") };
    let pictures = look.pictures.map(GraphicsProtocol::name);
    let shows = match pictures {
        Some(name) => text! { zh: "可显示小图（{name}）", en: "small pictures ({name})" },
        None => Text::new("不显示小图", "no small pictures"),
    };
    let message = Text::new(
        format!("{} 列，{}，{}，提示语言 {lang}", look.width, colors.zh, shows.zh),
        format!("{} columns, {}, {}, messages in {lang}", look.width, colors.en, shows.en),
    );
    let facts = json!({ "width": look.width, "colors": look.color, "pictures": pictures, "lang": lang });
    HealthCheck::new("terminal", "终端", "terminal", HealthState::Fine, message, facts)
}

/// A size in words, such as `612 KB`.
fn bytes(count: u64) -> String {
    const STEP: u64 = 1024;
    let units = ["B", "KB", "MB", "GB", "TB"];
    let (mut whole, mut unit, mut tenths) = (count, 0, 0);
    while whole >= STEP && unit + 1 < units.len() {
        tenths = whole % STEP * 10 / STEP;
        whole /= STEP;
        unit += 1;
    }
    match (unit, whole) {
        (1.., ..10) => format!("{whole}.{tenths} {}", units[unit]),
        _ => format!("{whole} {}", units[unit]),
    }
}

fn human(checks: &[HealthCheck], terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let name = terminal.paint(Bold, concat!("dianjian ", env!("CARGO_PKG_VERSION")));
    let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let mut out = format!("{name}  {}\n\n", terminal.paint(Dim, &system));
    let rows = checks.iter().flat_map(|check| {
        let (style, mark) = check.state.mark(terminal.look.unicode);
        let help = check.help.as_ref().map(|help| [cell(Plain, ""), cell(Plain, ""), cell(Cyan, help.get(lang))]);
        let row = [cell(style, mark), cell(Bold, check.title.get(lang)), cell(Plain, check.message.get(lang))];
        [row].into_iter().chain(help)
    });
    out.push_str(&terminal.grid(2, rows));
    let (style, end) = match checks.iter().map(|check| check.state).max() {
        Some(HealthState::Broken) => (Red, terminal.say("有需要修复的地方", "something needs fixing")),
        Some(HealthState::Missing) => {
            (Yellow, terminal.say("可以检查，但缺少上面标 ! 的部分", "ready, except for what is marked ! above"))
        }
        Some(HealthState::Fine) | None => (Green, terminal.say("一切就绪", "all is in place")),
    };
    let _ = writeln!(out, "\n{}", terminal.paint(style, end));
    out
}

#[derive(Serialize)]
struct DoctorReport<'p> {
    version: u32,
    program: &'static str,
    system: &'static str,
    architecture: &'static str,
    /// Whether nothing is broken.
    ready: bool,
    points: &'p [HealthCheck],
}

fn json(checks: &[HealthCheck]) -> String {
    pretty_json(&DoctorReport {
        version: 1,
        program: env!("CARGO_PKG_VERSION"),
        system: std::env::consts::OS,
        architecture: std::env::consts::ARCH,
        ready: checks.iter().all(|point| point.state != HealthState::Broken),
        points: checks,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let sizes = [0, 1023, 1024, 1536, 10_240, 627_000, 5 << 20, 3 << 40, u64::MAX];
        let words: Vec<String> = sizes.into_iter().map(bytes).collect();
        assert_eq!(words, ["0 B", "1023 B", "1.0 KB", "1.5 KB", "10 KB", "612 KB", "5.0 MB", "3.0 TB", "16777215 TB"]);
    }

    #[test]
    fn without_ffmpeg_there_is_a_way_to_get_it() {
        let point = ffmpeg(None);
        assert_eq!(point.state, HealthState::Missing);
        assert!(point.help.unwrap().en.contains("install"));
        assert_eq!(ffmpeg(Some(&Ffmpeg::at("/there/is/none"))).state, HealthState::Broken);
    }

    #[test]
    fn a_cache_that_cannot_be_written_stops_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(cache(Some(&ScanCache::new(folder.path(), ""))).state, HealthState::Fine);
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(cache(Some(&ScanCache::new(&file, ""))).state, HealthState::Missing);
        assert_eq!(cache(None).state, HealthState::Missing);
    }
}
