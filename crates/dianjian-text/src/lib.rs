//! Everything the program knows about Chinese text: folding, words and their disguises, contacts, hidden characters,
//! licence codes, lengths, lost encodings.
//!
//! Pure functions over strings. Whatever they find they place in the original text, in bytes on character
//! borders. Nothing here knows of shops, rules or files.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        reason = "a test that fails should stop"
    )
)]

mod chars;
mod contacts;
mod encoding;
mod fold;
mod glance;
mod invisible;
mod length;
mod licence;
mod localized;
mod look_alikes;
mod omitted;
mod pinyin;
pub mod safe;
mod simplified_table;
mod stream;
mod words;

pub use contacts::{Contact, ContactKind, contacts};
pub use encoding::lost_encoding;
pub use fold::{Fold, Folded, Folder, fold};
pub use glance::{Glance, Hints};
pub use invisible::invisible;
pub use length::{Unit, len};
pub use licence::{Authority, LicenceCode, LicenceError, SubjectKind, licence_code};
pub use localized::UnknownContactKind;
pub use look_alikes::LookAlikes;
pub use omitted::Omitted;
pub use pinyin::strip_pinyin_brackets;
pub use words::{ListId, ListOptions, TextError, Tier, WordHit, WordMatcher, WordMatcherBuilder};

#[cfg(test)]
mod tests;
