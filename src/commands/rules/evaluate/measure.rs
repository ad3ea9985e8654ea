//! What is counted over labelled texts, and what it should come to.

use dianjian_base::lang::{Lang, Text};
use dianjian_rules::language::Severity;
use serde::{Deserialize, Serialize};

use super::{CheckedLine, LabelledLine, LineLabel, TextSurface};

/// A file of measures, given by `--floor`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MeasureFile {
    pub(super) measures: Vec<Measure>,
}

/// The share of some lines in which something is found.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measure {
    name: Text,
    area: Option<TextSurface>,
    label: LineLabel,
    /// Lines of these classes; of all if there are none.
    #[serde(default)]
    class: Vec<String>,
    #[serde(default)]
    source: Vec<String>,
    /// From which severity on a finding counts.
    #[serde(default = "any")]
    severity: Severity,
    /// Of the lines in which something was found, those where a finding marks exactly the core.
    #[serde(default)]
    core: bool,
    /// The share must not be lower.
    floor: Option<f64>,
    /// The share must not be higher.
    ceiling: Option<f64>,
}

const fn any() -> Severity {
    Severity::Info
}

impl Measure {
    /// A measure for each label and class of the lines, without floors.
    pub(super) fn of_classes(lines: &[LabelledLine]) -> Vec<Self> {
        let mut out: Vec<Self> = Vec::new();
        for line in lines.iter().filter(|line| line.label != LineLabel::Ambiguous) {
            let class = vec![line.class.clone()];
            let is_same =
                |known: &Self| known.area == Some(line.area) && known.label == line.label && known.class == class;
            if out.iter().any(is_same) {
                continue;
            }
            let label = if line.label == LineLabel::Bad { "bad" } else { "good" };
            let area = match line.area {
                TextSurface::Live => "live",
                TextSurface::Name => "name",
                TextSurface::Title => "title",
            };
            let name = format!("{area} · {label} · {}", line.class);
            out.push(Self {
                name: Text { zh: name.clone(), en: name },
                area: Some(line.area),
                label: line.label,
                class,
                source: Vec::new(),
                severity: any(),
                core: false,
                floor: None,
                ceiling: None,
            });
        }
        out.sort_by(|one, other| one.name.en.cmp(&other.name.en));
        out
    }

    fn is_about(&self, line: &LabelledLine) -> bool {
        let has = |list: &[String], what: &String| list.is_empty() || list.contains(what);
        self.label == line.label
            && self.area.is_none_or(|area| area == line.area)
            && has(&self.class, &line.class)
            && has(&self.source, &line.source)
    }

    /// Counts the lines that are meant.
    pub(super) fn take<'c>(&'c self, checked: &'c [CheckedLine]) -> MeasureResult<'c> {
        let about = checked.iter().filter(|checked| self.is_about(&checked.line));
        let about: Vec<&CheckedLine> = match self.core {
            true => about.filter(|checked| checked.line.core.is_some() && !checked.found.is_empty()).collect(),
            false => about.collect(),
        };
        let marks_core =
            |checked: &CheckedLine| checked.found.iter().any(|found| Some(&found.found) == checked.line.core.as_ref());
        let is_hit = |checked: &CheckedLine| match self.core {
            true => marks_core(checked),
            false => checked.reaches(self.severity),
        };
        let hits = about.iter().filter(|checked| is_hit(checked)).count();
        let wanted = self.label == LineLabel::Bad;
        let lines = about.len();
        let wrong = about.into_iter().filter(|checked| is_hit(checked) != wanted).collect();
        MeasureResult { measure: self, hits, lines, wrong }
    }
}

/// What a measure comes to.
#[derive(Debug)]
pub(super) struct MeasureResult<'c> {
    measure: &'c Measure,
    /// Lines in which something is found.
    pub(super) hits: usize,
    /// Lines that are counted.
    pub(super) lines: usize,
    /// Bad lines that are missed, good lines that are reported.
    pub(super) wrong: Vec<&'c CheckedLine>,
}

impl MeasureResult<'_> {
    pub(super) fn name(&self, lang: Lang) -> String {
        self.measure.name.get(lang).to_owned()
    }

    pub(super) fn rate(&self) -> f64 {
        if self.lines == 0 { 0.0 } else { self.hits as f64 / self.lines as f64 }
    }

    /// What the share should be, as it is printed.
    pub(super) fn goal(&self) -> Option<String> {
        let floor = self.measure.floor.map(|floor| format!("≥ {floor}"));
        floor.or_else(|| self.measure.ceiling.map(|ceiling| format!("≤ {ceiling}")))
    }

    /// Whether the share is within its bounds. A measure with a floor that no line is counted for has not reached it.
    pub(super) fn is_reached(&self) -> bool {
        self.measure.floor.is_none_or(|floor| self.rate() >= floor)
            && self.measure.ceiling.is_none_or(|ceiling| self.rate() <= ceiling)
    }
}

#[derive(Serialize)]
struct WrongLine<'c> {
    id: &'c str,
    text: &'c str,
    core: Option<&'c str>,
    findings: &'c [super::LineFinding],
}

impl Serialize for MeasureResult<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Row<'c> {
            name: &'c Text,
            rate: f64,
            hits: usize,
            lines: usize,
            floor: Option<f64>,
            ceiling: Option<f64>,
            reached: bool,
            wrong: Vec<WrongLine<'c>>,
        }
        let wrong = self.wrong.iter().map(|checked| WrongLine {
            id: &checked.line.id,
            text: &checked.line.text,
            core: checked.line.core.as_deref(),
            findings: &checked.found,
        });
        let Measure { name, floor, ceiling, .. } = self.measure;
        let (hits, lines, reached) = (self.hits, self.lines, self.is_reached());
        let row = Row {
            name,
            rate: self.rate(),
            hits,
            lines,
            floor: *floor,
            ceiling: *ceiling,
            reached,
            wrong: wrong.collect(),
        };
        row.serialize(serializer)
    }
}
