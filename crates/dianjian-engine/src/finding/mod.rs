//! What a run says: findings and its summary.

pub(crate) mod builder;
mod fixes;

use std::sync::Arc;

use dianjian_base::lang::Text;
pub use dianjian_base::message::{Arg, Message};
use dianjian_document::edit::{Applicability, Edit};
pub use dianjian_document::problem::Problem;
use dianjian_document::source::{Position, SourceFile, Span};
use dianjian_media::CodeDisplay;
pub use dianjian_rules::info::RuleInfo;
use dianjian_rules::language::Severity;

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
    /// The code that was seen in a picture or video.
    pub picture: Option<Box<CodeDisplay>>,
    /// Ways to mend it.
    pub fixes: Vec<Fix>,
    /// Stable name of this finding for baselines and code hosts: 16 hex digits that survive moves and reformatting.
    pub fingerprint: String,
}

/// A finding lists at most this many related places; the rest is a number.
pub const MAX_RELATED: usize = 1000;

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
    /// Entries of the baseline that no longer occur.
    pub stale: usize,
    /// Problems.
    pub problems: usize,
    /// Pictures of exports that are addresses, at which nobody looked.
    pub addresses: usize,
    /// Answers of the platform that hold nothing to be checked.
    pub nothing_to_check: usize,
    /// Findings that `--fix` could mend: safe, unsafe.
    pub fixable: (usize, usize),
}
