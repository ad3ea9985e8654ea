//! What a failed check reports, and the sink that it goes to.

use std::ops::Range;

use dianjian_base::lang::Text;
use dianjian_base::message::Arg;
use dianjian_media::{Sighting, SightingDisplay};
use dianjian_text::safe;
use rust_decimal::{Decimal, RoundingStrategy};

use super::Outcome;
use crate::placeholder::Placeholder;
use crate::record::{AssetEntry, FieldLevel, Value};

/// A place in a record.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named by its type")]
pub struct RecordPlace<'a> {
    pub value: Value<'a>,
    /// The bytes of its text; `None`: all of it.
    pub range: Option<Range<usize>>,
    /// The field's path, e.g. `products[2].title`.
    pub path: String,
}

/// A failure of a check, without text: the engine makes findings of it.
#[derive(Debug, Clone)]
pub struct Violation<'a> {
    /// Where the finding points.
    pub target: RecordPlace<'a>,
    /// Number of the rule's message.
    pub message: usize,
    /// Values of placeholders, each once.
    pub args: Vec<(Placeholder, Arg)>,
    /// Other places that explain it, such as the first of two equal items.
    pub related: Vec<RecordPlace<'a>>,
    /// What was seen in a picture or video.
    pub picture: Option<Box<SightingDisplay>>,
    /// The field whose value was tested, where `point` moved the place to another one.
    pub tested: Option<String>,
}

impl Violation<'_> {
    /// The value of a placeholder.
    pub fn arg(&self, placeholder: &Placeholder) -> Option<&Arg> {
        self.args.iter().find(|(known, _)| known == placeholder).map(|(_, arg)| arg)
    }
}

/// Where failures go: collected with their details, or dropped where only the outcome is asked for, as of conditions,
/// negations and alternatives. Details cost strings and paths, and nearly all checks pass.
pub(super) enum FailureSink<T> {
    Collect(Vec<T>),
    Drop,
}

impl<T> FailureSink<T> {
    pub fn collects(&self) -> bool {
        matches!(self, Self::Collect(_))
    }

    /// An empty sink of another type that collects where this one does.
    pub fn alike<U>(&self) -> FailureSink<U> {
        if self.collects() { FailureSink::Collect(Vec::new()) } else { FailureSink::Drop }
    }

    pub fn push(&mut self, make: impl FnOnce() -> T) {
        if let Self::Collect(items) = self {
            items.push(make());
        }
    }

    pub fn len(&self) -> usize {
        if let Self::Collect(items) = self { items.len() } else { 0 }
    }

    /// What was collected after there were this many.
    pub fn since(&mut self, mark: usize) -> &mut [T] {
        if let Self::Collect(items) = self { &mut items[mark..] } else { &mut [] }
    }

    pub fn truncate(&mut self, mark: usize) {
        if let Self::Collect(items) = self {
            items.truncate(mark);
        }
    }

    pub fn into_items(self) -> Vec<T> {
        if let Self::Collect(items) = self { items } else { Vec::new() }
    }
}

/// PASS where it holds, else FAIL with its details.
pub(super) fn holds(right: bool, out: &mut FailureSink<TestFailure>, failure: impl FnOnce() -> TestFailure) -> Outcome {
    if right { Outcome::Pass } else { fails(out, failure) }
}

/// FAIL with its details.
pub(super) fn fails(out: &mut FailureSink<TestFailure>, failure: impl FnOnce() -> TestFailure) -> Outcome {
    out.push(failure);
    Outcome::Fail
}

/// What one test found wrong, before its place is known.
#[derive(Debug, Default)]
pub(super) struct TestFailure {
    /// The bytes of the text; `None`: all of it.
    pub range: Option<Range<usize>>,
    pub args: Vec<(Placeholder, Arg)>,
    /// Of a list: the item that is wrong, and those that it is wrong because of.
    pub item: Option<usize>,
    pub related: Vec<usize>,
    /// More of the same in the same text.
    pub more: Vec<Range<usize>>,
    pub picture: Option<Box<SightingDisplay>>,
}

impl TestFailure {
    pub fn of(value: &Value<'_>) -> Self {
        let text = value.with_text(shortened);
        Self {
            args: text
                .into_iter()
                .flat_map(|text| [(Placeholder::Value, Arg::Text(text.clone())), (Placeholder::Found, Arg::Text(text))])
                .collect(),
            ..Self::default()
        }
    }

    pub fn at(text: &str, range: Range<usize>) -> Self {
        let found = text.get(range.clone()).map(shortened).unwrap_or_default();
        let args = vec![(Placeholder::Found, Arg::Text(found)), (Placeholder::Value, Arg::Text(shortened(text)))];
        Self { range: Some(range), args, ..Self::default() }
    }

    /// What an asset shows.
    pub fn seen(value: &Value<'_>, entry: &AssetEntry, shown: &SightingDisplay) -> Self {
        let kind = match &shown.sighting {
            Sighting::Code(detection) => detection.code.kind.title(),
            Sighting::Text(_) => Text::default(),
        };
        let text = shown.sighting.text().map(|text| safe::shortened(text, QUOTED)).unwrap_or_default();
        let file = shown.file.rsplit('/').next().unwrap_or_default();
        let place = shown.place();
        let time = shown.time();
        let parts = |place: &str, comma: &str| {
            let parts = [entry.spreads.then_some(file), Some(place), time.as_deref()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(comma)
        };
        let both = Text { zh: parts(&place.zh, "，"), en: parts(&place.en, ", ") };
        let score = Decimal::from_f32_retain(shown.sighting.score()).unwrap_or_default();
        // Rounded down, so that what is below a threshold does not look as if it had reached it.
        let score = score.round_dp_with_strategy(2, RoundingStrategy::ToZero);
        Self { picture: Some(Box::new(shown.clone())), ..Self::of(value) }
            .with(Placeholder::Found, Arg::Text(text))
            .with(Placeholder::Kind, Arg::Localized(kind))
            .with(Placeholder::Content, Arg::Localized(shown.content.clone().unwrap_or_default()))
            .with(Placeholder::Place, Arg::Localized(place))
            .with(Placeholder::Time, Arg::Text(time.clone().unwrap_or_default()))
            .with(Placeholder::File, Arg::Text(shown.file.clone()))
            .with(Placeholder::Where, Arg::Localized(both))
            .with(Placeholder::Score, Arg::Number(score))
    }

    pub fn with(mut self, name: Placeholder, arg: Arg) -> Self {
        self.args.retain(|(known, _)| *known != name);
        self.args.push((name, arg));
        self
    }

    pub fn violation<'a>(self, value: &Value<'a>, path: &str, message: usize) -> Violation<'a> {
        let items = if self.item.is_some() { value.items() } else { Vec::new() };
        let place = |index: usize| {
            items.get(index).map(|item| RecordPlace {
                value: item.clone(),
                range: None,
                path: format!("{path}[{index}]"),
            })
        };
        let at = |range| RecordPlace { value: value.clone(), range, path: path.to_owned() };
        let whole = || at(self.range.clone());
        let more = self.more.iter().map(|range| at(Some(range.clone())));
        Violation {
            target: self.item.and_then(place).unwrap_or_else(whole),
            message,
            related: self.related.iter().filter_map(|index| place(*index)).chain(more).collect(),
            args: self.args,
            picture: self.picture,
            tested: None,
        }
    }
}

/// Stands for the number of an item where it has neither name nor id; no field can have such a name.
pub const ORDINAL: &str = "#";

/// Messages quote at most this many characters of a value.
const QUOTED: usize = 60;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// An item's own fields for messages, values of enums by their names, and which item it is.
pub(super) fn item_args(item: &Value<'_>, index: usize, level: Option<&FieldLevel>) -> Vec<(Placeholder, Arg)> {
    let number = index + 1;
    let ordinal = Text { zh: format!("第{number}个"), en: format!("no. {number}") };
    let mut args = vec![(Placeholder::Item(ORDINAL.to_owned()), Arg::Localized(ordinal))];
    item.entries(|name, _, value| {
        let field = level.and_then(|level| level.item_fields.get(usize::from(level.slot(name)?)));
        if let Some(text) = value.with_text(shortened) {
            let shown = field.and_then(|field| field.display(&text)).cloned();
            args.push((Placeholder::Item(name.to_owned()), shown.map_or(Arg::Text(text), Arg::Localized)));
        }
    });
    args
}
