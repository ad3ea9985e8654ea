//! The project's configuration: `dianjian.yaml` read, checked against the packs, and resolved.
//!
//! [`ConfigFile`] is the content of the file and [`Config`] knows its place; its settings of rules become parameters
//! ([`Config::apply_params`]) and a [`ProjectPolicy`]. Every mistake is a located [`Problem`], and the rest is used.

mod error;
mod file;
mod files;
mod ignores;
pub mod params;
mod policy;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Localized;
use dianjian_document::problem::Problem;
use dianjian_document::source::{self, Limits, SourceFile, Span};
use dianjian_document::tree::Spanned;
use dianjian_media::{MediaSettings, TextSetting};
use dianjian_report::{FormatName, Output, OutputTarget};
use dianjian_rules::language::Param;
use dianjian_rules::record::{nearest, parse_date};
use dianjian_rules::{Pack, PackBuilder, SelectorError, parse_one};
pub use error::{ConfigError, ParamSort};
pub use file::{
    Addresses, ConfigFile, FailOn, Ignored, IgnoredFindings, MediaConfig, OcrConfig, OrderedMap, PathBlock,
    SeverityLevel,
};
pub use files::{Below, FilePatterns};
pub use ignores::{Ignores, with_ignored};
pub use policy::ProjectPolicy;

use crate::working::WorkingFolder;

/// Names of the file, the usual one first.
pub const NAMES: [&str; 2] = ["dianjian.yaml", "dianjian.yml"];

/// A configuration with its place.
#[derive(Debug)]
pub struct Config {
    /// What stands in it.
    pub file: ConfigFile,
    source: Arc<SourceFile>,
    /// The folder that its paths start from: relative to the working directory of the process, or absolute.
    root: PathBuf,
}

/// Looks for the file in the working folder and above it. The path is relative to `working`.
pub fn find(working: &Path) -> Option<PathBuf> {
    let mut up = PathBuf::new();
    for folder in working.ancestors() {
        if let Some(name) = NAMES.iter().find(|name| folder.join(name).is_file()) {
            return Some(up.join(name));
        }
        up.push("..");
    }
    None
}

/// Whether the working directory is in a git repository that the configuration's folder lies outside of.
pub fn is_outside_repository(working: &Path, root: &Path) -> bool {
    let Ok(root) = working.join(root).canonicalize() else { return false };
    working.ancestors().take_while(|folder| **folder != root).any(|folder| folder.join(".git").exists())
}

impl Config {
    /// Reads the configuration of a project.
    ///
    /// # Errors
    /// The file cannot be read, is no YAML, or has fields or values that are not known.
    pub fn read_in(working: &WorkingFolder, path: &Path) -> Result<Self, Vec<Problem>> {
        let (name, path) = (path.to_string_lossy(), working.resolve(path));
        let source =
            source::read(&path, &Limits::default()).map_err(|error| vec![Problem::in_file(error.name(), &error)])?;
        let source = Arc::new(SourceFile::new(name, source.text()).with_path(&path));
        let file = if is_blank(source.text()) { ConfigFile::default() } else { parse_one(&source)? };
        let root = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Self { file, source, root })
    }

    /// The day of the check; `None` if it is not given or is no date.
    pub fn as_of(&self) -> Option<NaiveDate> {
        self.file.as_of.as_ref().and_then(|day| parse_date(&day.value))
    }

    /// The file and the line that say the day of the check.
    pub fn as_of_place(&self) -> Option<(&str, u64)> {
        let day = self.file.as_of.as_ref()?;
        Some((self.source.name(), self.source.position(day.span.start).line))
    }

    /// The problem with `as_of`, if it is not a date.
    pub fn wrong_day(&self) -> Option<Problem> {
        let day = self.file.as_of.as_ref().filter(|day| parse_date(&day.value).is_none())?;
        Some(self.problem(day.span, &ConfigError::NotADate { found: day.value.clone() }))
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        self.source.name()
    }

    /// The file's text.
    pub fn text(&self) -> &str {
        self.source.text()
    }

    /// The folder that its paths start from.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path of the configuration, by which it is opened.
    pub fn path(&self, written: &str) -> PathBuf {
        self.root.join(written)
    }

    /// Adds the packs, tables and mappings that it names.
    pub fn add_to(&self, mut builder: PackBuilder, problems: &mut Vec<Problem>) -> PackBuilder {
        let mut existing = |written: &[Spanned<String>], folder: bool| -> Vec<PathBuf> {
            let path = |written: &Spanned<String>| {
                let path = self.path(&written.value);
                let error = ConfigError::of_path(&path, folder);
                problems.extend(error.as_ref().map(|error| self.problem(written.span, error)));
                error.is_none().then_some(path)
            };
            written.iter().filter_map(path).collect()
        };
        builder = existing(&self.file.packs, true).iter().fold(builder, |builder, pack| builder.folder(pack));
        builder = existing(&self.file.tables, false).iter().fold(builder, |builder, table| builder.table(table));
        existing(&self.file.mappings, false).iter().fold(builder, |builder, mapping| builder.mapping(mapping))
    }

    /// Sets the parameters that it gives to rules.
    pub fn apply_params(&self, mut builder: PackBuilder, problems: &mut Vec<Problem>) -> PackBuilder {
        for (id, values) in self.file.params.iter() {
            let Some(rule) = builder.rule(&id.value) else {
                let rules: Vec<&str> = builder.rule_ids().collect();
                problems.push(self.problem(id.span, &SelectorError::unknown_rule(&id.value, &rules)));
                continue;
            };
            let mut right = BTreeMap::new();
            for (name, value) in values.value.iter() {
                match params::check(rule, &name.value, &value.value) {
                    Ok(()) => {
                        right.insert(name.value.clone(), value.value.clone());
                    }
                    Err(error @ ConfigError::UnknownParam { .. }) => problems.push(self.problem(name.span, &error)),
                    Err(error) => problems.push(self.problem(value.span, &error)),
                }
            }
            builder = builder.params(&id.value, right);
        }
        builder
    }

    /// The severities that it gives to rules. Also reports mistakes that only the finished pack shows.
    pub fn policy(&self, pack: &Pack, working: &Path, problems: &mut Vec<Problem>) -> ProjectPolicy {
        let rules: Vec<&str> = pack.rules.iter().map(|rule| rule.info.id.as_str()).collect();
        let mut errors = Vec::new();
        let below = Below::new(working, &self.root);
        let policy = ProjectPolicy::new(&self.file.severity, &self.file.paths, below, &rules, &mut errors);
        self.unknown_tables(pack, &mut errors);
        problems.extend(errors.iter().map(|(span, error)| self.problem(*span, error)));
        policy.silencing(self.ignores(pack, working, problems))
    }

    fn unknown_tables(&self, pack: &Pack, errors: &mut Vec<(Span, ConfigError)>) {
        for (_, value) in self.file.params.iter().flat_map(|(_, values)| values.value.iter()) {
            if let Param::Table(table) = &value.value
                && !pack.tables.contains_key(&table.table)
            {
                let suggestion = nearest(&table.table, pack.tables.keys().map(String::as_str)).map(str::to_owned);
                errors.push((value.span, ConfigError::UnknownTable { found: table.table.clone(), suggestion }));
            }
        }
    }

    /// The findings that `ignore:` silences. Mistakes in entries become problems.
    fn ignores(&self, pack: &Pack, working: &Path, problems: &mut Vec<Problem>) -> Ignores {
        let rules: Vec<&str> = pack.rules.iter().map(|rule| rule.info.id.as_str()).collect();
        let findings: Vec<&Spanned<IgnoredFindings>> = self.file.ignore.iter().filter_map(Ignored::findings).collect();
        let mut errors = Vec::new();
        let below = Below::new(working, &self.root);
        let ignores = Ignores::new(Arc::clone(&self.source), &findings, below, &rules, &mut errors);
        problems.extend(errors.iter().map(|(span, error)| self.problem(*span, error)));
        ignores
    }

    /// The patterns of `ignore:`.
    pub fn ignored(&self, problems: &mut Vec<Problem>) -> FilePatterns {
        let mut errors = Vec::new();
        let files: Vec<Spanned<String>> = self.file.ignore.iter().filter_map(Ignored::files).cloned().collect();
        let patterns = FilePatterns::new(&files, &mut errors);
        problems.extend(errors.iter().map(|(span, error)| self.problem(*span, error)));
        patterns
    }

    /// The files that a check writes beside its standard output.
    pub fn outputs(&self, problems: &mut Vec<Problem>) -> Vec<Output> {
        let mut outputs = Vec::new();
        for (format, file) in self.file.outputs.iter() {
            match format.value.parse::<FormatName>() {
                Ok(_) if file.value.is_empty() => problems.push(self.problem(file.span, &ConfigError::NoFile)),
                Ok(name) => outputs.push(Output { format: name, target: OutputTarget::File(self.path(&file.value)) }),
                Err(_) => problems.push(self.problem(format.span, &ConfigError::unknown_format(&format.value))),
            }
        }
        outputs
    }

    /// How pictures and videos are scanned. Values out of range become problems, and the defaults stay.
    pub fn media(&self, problems: &mut Vec<Problem>) -> MediaSettings {
        let (file, mut settings) = (&self.file.media, MediaSettings::default());
        if let Some(rate) = &file.frames_per_second {
            match rate.value {
                value if (0.1..=30.0).contains(&value) => settings.frames_per_second = value as f32,
                value => {
                    problems.push(self.out_of_range(rate.span, "frames_per_second", "0.1", "30", value.to_string()))
                }
            }
        }
        let mut bound = |name: &'static str, given: &Option<Spanned<u64>>, most: u64| {
            let given = given.as_ref()?;
            if (1..=most).contains(&given.value) {
                return Some(given.value);
            }
            problems.push(self.out_of_range(given.span, name, "1", &most.to_string(), given.value.to_string()));
            None
        };
        let limits = &mut settings.limits;
        let wide = u64::from(u32::MAX);
        limits.picture_bytes = bound("picture_bytes", &file.picture_bytes, 256 << 20).unwrap_or(limits.picture_bytes);
        limits.pixels = bound("pixels", &file.pixels, 100_000_000).unwrap_or(limits.pixels);
        let frames = bound("frames", &file.frames, 1_000_000).and_then(|frames| u32::try_from(frames).ok());
        limits.frames = frames.unwrap_or(limits.frames);
        limits.video_bytes = bound("video_bytes", &file.video_bytes, 1 << 50).unwrap_or(limits.video_bytes);
        limits.video_seconds = bound("video_seconds", &file.video_seconds, wide).unwrap_or(limits.video_seconds);
        limits.seconds = bound("seconds", &file.seconds, wide).unwrap_or(limits.seconds);
        let files = bound("files", &file.files, 1_000_000).and_then(|files| usize::try_from(files).ok());
        limits.files = files.unwrap_or(limits.files);
        settings.text = match &file.ocr {
            None | Some(OcrConfig::Wanted(true)) => TextSetting::Users,
            Some(OcrConfig::Wanted(false)) => TextSetting::Off,
            Some(OcrConfig::Named(name)) => match TextSetting::named(name) {
                TextSetting::Folder(folder) => TextSetting::Folder(self.root.join(folder)),
                setting => setting,
            },
        };
        settings
    }

    fn out_of_range(&self, span: Span, name: &'static str, low: &str, high: &str, found: String) -> Problem {
        self.problem(span, &ConfigError::OutOfRange { name, low: low.to_owned(), high: high.to_owned(), found })
    }

    /// The file of the baseline, and where the configuration names it.
    pub fn baseline(&self) -> Option<(PathBuf, Span)> {
        self.file.baseline.as_ref().map(|path| (self.path(&path.value), path.span))
    }

    /// A mistake at a place of the configuration.
    pub fn problem(&self, span: Span, error: &dyn Localized) -> Problem {
        Problem::at(&self.source, span, error)
    }
}

/// Whether there is nothing but comments and blanks: an empty configuration, although no YAML mapping.
pub fn is_blank(text: &str) -> bool {
    text.trim_start_matches(dianjian_base::BOM)
        .lines()
        .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
}
