//! What a run says: findings, problems, and the messages in them.
//!
//! Messages are a template in two languages plus arguments; they become text
//! only where a report writes them.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::fix::{Applicability, Edit};
use crate::lang::{Lang, Localized, Text};
use crate::rules::language::{Confidence, Evidence, Period, Severity};
use crate::source::{Position, SourceFile, Span};

/// What reports need to know of a rule.
#[derive(Debug)]
pub struct RuleInfo {
    /// `group/name`.
    pub id: String,
    /// The record kind it reads.
    pub kind: String,
    /// What it is called.
    pub title: Text,
    /// Why it exists.
    pub why: Text,
    /// What to do about it, without arguments filled in.
    pub help: Option<Text>,
    /// The severity its file gives.
    pub severity: Severity,
    /// When it holds.
    pub effective: Period,
    /// Where it comes from; at least one.
    pub evidence: Vec<Evidence>,
}

impl RuleInfo {
    /// The best confidence among its evidence.
    #[must_use]
    pub fn confidence(&self) -> Confidence {
        self.evidence.iter().map(|evidence| evidence.confidence).max().unwrap_or(Confidence::Low)
    }
}

/// An argument of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// Text as it stands in the user's file; reports make it safe to show.
    Text(String),
    /// A text that differs by language.
    Localized(Text),
    /// A number, written without trailing zeros.
    Number(Decimal),
    /// A day.
    Date(NaiveDate),
    /// Several texts, joined by `、` or `, `.
    List(Vec<String>),
}

impl Arg {
    fn write(&self, lang: Lang, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Localized(text) => out.push_str(text.get(lang)),
            Self::Number(number) => {
                let _ = write!(out, "{}", number.normalize());
            }
            Self::Date(date) => {
                let _ = write!(out, "{date}");
            }
            Self::List(items) => {
                let comma = match lang {
                    Lang::Zh => "、",
                    Lang::En => ", ",
                };
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_str(comma);
                    }
                    out.push_str(item);
                }
            }
        }
    }
}

/// A message: an id, a template in two languages, and what its placeholders stand for.
#[derive(Debug, Clone)]
pub struct Message {
    /// `rule` for the rule's own message, else the id under `messages`.
    pub id: Arc<str>,
    /// The template, with `{name}` placeholders; `{{` and `}}` are braces.
    pub template: Arc<Text>,
    /// Placeholder to value.
    pub args: Arc<Vec<(String, Arg)>>,
}

impl Message {
    /// The message in a language. A placeholder without a value stays as it is written.
    #[must_use]
    pub fn render(&self, lang: Lang) -> String {
        render(self.template.get(lang), &self.args, lang)
    }
}

/// Fills a template's placeholders.
#[must_use]
pub fn render(template: &str, args: &[(String, Arg)], lang: Lang) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        if tail.starts_with("{{") || tail.starts_with("}}") {
            out.push_str(&tail[..1]);
            rest = &tail[2..];
            continue;
        }
        let close = if tail.starts_with('{') { tail.find('}') } else { None };
        let Some(close) = close else {
            out.push_str(&tail[..1]);
            rest = &tail[1..];
            continue;
        };
        let name = &tail[1..close];
        match args.iter().find(|(known, _)| known == name) {
            Some((_, arg)) => arg.write(lang, &mut out),
            None => out.push_str(&tail[..=close]),
        }
        rest = &tail[close + 1..];
    }
    out.push_str(rest);
    out
}

/// A place in a source with an optional word about it.
#[derive(Debug, Clone)]
pub struct Label {
    /// The file, or the part of it that was read.
    pub source: Arc<SourceFile>,
    /// Where in it.
    pub span: Span,
    /// What is there; absent: the finding's own message.
    pub message: Option<Message>,
}

impl Label {
    /// Start and end in the whole file.
    #[must_use]
    pub fn range(&self) -> (Position, Position) {
        self.source.range(self.span)
    }
}

/// A way to mend a finding: edits that belong together.
#[derive(Debug, Clone)]
pub struct Fix {
    /// Whether it may be applied unasked.
    pub applicability: Applicability,
    /// What it does.
    pub title: Text,
    /// The edits, each in its file.
    pub edits: Vec<(Arc<SourceFile>, Edit)>,
}

/// The record that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordName {
    /// `Shop`, `LiveRoom`, …
    pub kind: Arc<str>,
    /// Its id, if it has one.
    pub id: Option<String>,
}

/// One thing that breaks a rule.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Which rule.
    pub rule: Arc<RuleInfo>,
    /// How bad, after the project's overrides.
    pub severity: Severity,
    /// What is wrong.
    pub message: Message,
    /// What to do.
    pub help: Option<Message>,
    /// In which record.
    pub record: RecordName,
    /// The field's path in the record, e.g. `products[2].title`.
    pub path: String,
    /// The one place that it points at.
    pub primary: Label,
    /// Other places that contribute, at most [`MAX_RELATED`].
    pub related: Vec<Label>,
    /// How many contributing places are not in `related`.
    pub related_omitted: usize,
    /// Ways to mend it.
    pub fixes: Vec<Fix>,
    /// Stable name of this finding for baselines and code hosts: 16 hex digits that survive moves and reformatting.
    pub fingerprint: String,
}

/// A finding lists at most this many related places; the rest is a number.
pub const MAX_RELATED: usize = 1000;

/// Something because of which the run cannot be trusted: unreadable input, a broken rule.
#[derive(Debug)]
pub struct Problem {
    /// The file's name as shown; empty where there is none.
    pub file: String,
    /// The file's text and the place in it, if it could be read.
    pub place: Option<(Arc<SourceFile>, Span)>,
    /// Other places, with a word about each.
    pub related: Vec<(Arc<SourceFile>, Span, Text)>,
    /// What is wrong, in both languages.
    pub message: Text,
    /// What to do.
    pub help: Option<Text>,
}

impl Problem {
    /// A problem at a place, from any of our errors.
    #[must_use]
    pub fn at(source: &Arc<SourceFile>, span: Span, error: &dyn Localized) -> Self {
        Self { place: Some((Arc::clone(source), span)), ..Self::in_file(source.name(), error) }
    }

    /// A problem with a file as a whole.
    #[must_use]
    pub fn in_file(file: &str, error: &dyn Localized) -> Self {
        let both = |read: &dyn Fn(Lang) -> String| Text { zh: read(Lang::Zh), en: read(Lang::En) };
        Self {
            file: file.to_owned(),
            place: None,
            related: Vec::new(),
            message: both(&|lang| error.text(lang)),
            help: error
                .help(Lang::Zh)
                .zip(error.help(Lang::En))
                .map(|(zh, en)| Text { zh, en }),
        }
    }
}

/// What a whole run came to.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Files read.
    pub files: usize,
    /// Records by kind, in the order of their names.
    pub records: std::collections::BTreeMap<String, usize>,
    /// Findings that count, by severity.
    pub errors: usize,
    /// Findings that count, by severity.
    pub warnings: usize,
    /// Findings that count, by severity.
    pub infos: usize,
    /// Findings silenced by comments or configuration.
    pub suppressed: usize,
    /// Findings that the baseline knows.
    pub baselined: usize,
    /// Problems.
    pub problems: usize,
    /// Findings that `--fix` could mend: safe, unsafe.
    pub fixable: (usize, usize),
}
