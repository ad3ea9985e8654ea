//! The placeholders of messages that checks and the engine fill.

use std::borrow::Cow;

/// The placeholders that any rule may use, each with the name by which templates call it.
macro_rules! built_in {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A placeholder of a message.
        ///
        /// INVARIANT: the names stand in rule files and enter fingerprints, reports and partial results; they never change.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Placeholder {
            $($(#[$doc])* $variant,)*
            /// A field of the item at hand: `item.NAME`.
            Item(String),
        }

        impl Placeholder {
            pub(crate) const BUILT_IN: &[Self] = &[$(Self::$variant),*];

            pub(crate) const fn built_in_name(&self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Item(_) => "item",
                }
            }
        }
    };
}

built_in! {
    /// The exact characters found.
    Found = "found",
    /// The rule word that they stand for.
    Word = "word",
    /// The words that a disguise is read as.
    Reading = "reading",
    /// The sort of contact or code.
    Kind = "kind",
    /// The whole value.
    Value = "value",
    /// What was asked for.
    Expected = "expected",
    /// How many there are.
    Count = "count",
    /// The bound that is broken.
    Limit = "limit",
    /// The smallest value of a group.
    Least = "least",
    /// The largest value of a group.
    Most = "most",
    /// What a group lacks.
    Missing = "missing",
    /// The length of a text or list.
    Len = "len",
    /// Why a format is wrong, or how a word is disguised.
    Reason = "reason",
    /// Days from the run's date to the value's.
    Days = "days",
    /// The key of a group, a list of its parts.
    Key = "key",
    /// The run's date.
    AsOf = "as_of",
    /// What a group adds up to, or by how much a bound is broken.
    Sum = "sum",
    /// The id of the record.
    Record = "record",
    /// The path of the field.
    Field = "field",
    /// The title of the field.
    Title = "title",
    /// What sort of thing a code says.
    Content = "content",
    /// Where in a picture, in words.
    Place = "place",
    /// When in a video.
    Time = "time",
    /// Which file.
    File = "file",
    /// How sure a detection is.
    Score = "score",
    /// File, place and time in one.
    Where = "where",
    /// How the finding is suppressed in its file.
    Suppression = "suppression",
}

impl Placeholder {
    /// Whether a parameter of the same name is meant: rules had such parameters before the placeholder was there.
    pub(crate) const fn yields_to_params(&self) -> bool {
        matches!(self, Self::Least | Self::Most | Self::Missing)
    }

    /// As it is written between braces.
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Item(field) => Cow::Owned(format!("item.{field}")),
            built_in => Cow::Borrowed(built_in.built_in_name()),
        }
    }
}
