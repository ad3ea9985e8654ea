//! The placeholders of messages that checks and the engine fill.

use std::borrow::Cow;

/// A placeholder of a message.
///
/// INVARIANT: the names stand in rule files and enter fingerprints, reports and partial results; they never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placeholder {
    /// The exact characters found.
    Found,
    /// The rule word that they stand for.
    Word,
    /// The sort of contact or code.
    Kind,
    /// The whole value.
    Value,
    /// What was asked for.
    Expected,
    /// How many there are.
    Count,
    /// The bound that is broken.
    Limit,
    /// The length of a text or list.
    Len,
    /// Why a format is wrong.
    Reason,
    /// Days from the run's date to the value's.
    Days,
    /// The key of a group, a list of its parts.
    Key,
    /// The run's date.
    AsOf,
    /// What a group adds up to, or by how much a bound is broken.
    Sum,
    /// The id of the record.
    Record,
    /// The path of the field.
    Field,
    /// The title of the field.
    Title,
    /// What sort of thing a code says.
    Content,
    /// Where in a picture, in words.
    Place,
    /// When in a video.
    Time,
    /// Which file.
    File,
    /// How sure a detection is.
    Score,
    /// File, place and time in one.
    Where,
    /// A field of the item at hand: `item.NAME`.
    Item(String),
}

impl Placeholder {
    /// Those that any rule may use.
    pub(crate) const BUILT_IN: [Self; 22] = [
        Self::Found,
        Self::Word,
        Self::Kind,
        Self::Value,
        Self::Expected,
        Self::Count,
        Self::Limit,
        Self::Len,
        Self::Reason,
        Self::Days,
        Self::Key,
        Self::AsOf,
        Self::Sum,
        Self::Record,
        Self::Field,
        Self::Title,
        Self::Content,
        Self::Place,
        Self::Time,
        Self::File,
        Self::Score,
        Self::Where,
    ];

    /// As it is written between braces.
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Item(field) => Cow::Owned(format!("item.{field}")),
            built_in => Cow::Borrowed(built_in.built_in_name()),
        }
    }

    pub(crate) const fn built_in_name(&self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Word => "word",
            Self::Kind => "kind",
            Self::Value => "value",
            Self::Expected => "expected",
            Self::Count => "count",
            Self::Limit => "limit",
            Self::Len => "len",
            Self::Reason => "reason",
            Self::Days => "days",
            Self::Key => "key",
            Self::AsOf => "as_of",
            Self::Sum => "sum",
            Self::Record => "record",
            Self::Field => "field",
            Self::Title => "title",
            Self::Content => "content",
            Self::Place => "place",
            Self::Time => "time",
            Self::File => "file",
            Self::Score => "score",
            Self::Where => "where",
            Self::Item(_) => "item",
        }
    }
}
