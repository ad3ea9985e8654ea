//! What dianjian knows about Chinese text, as pure functions over strings. Whatever they find they place in the original
//! text, in bytes on character borders. Nothing here knows shops, rules or files.
//!
//! * [`fold`], [`Folder`]: one spelling for what a reader takes for the same text, with a map back to the original;
//! * [`WordMatcherBuilder`] to [`WordMatcher`]: word lists, and the [`LookAlikes`] that disguise their words;
//! * [`ContactFinder`]: contacts and invitations to make contact, by the words of a [`ContactLexicon`];
//! * [`ContentScan`]: one pass that tells which of these searches a text is worth;
//! * [`reading`], [`shape`]: what characters sound and look like, for comparing whole words;
//! * [`invisible`], [`undecodable`]: characters that nobody sees, text read in a wrong encoding;
//! * [`licence_code`]: unified social credit codes; [`id_key`]: one spelling for ids; [`len`]: lengths in the platforms' units;
//! * [`lexicon!`]: words as data of a pack, with their merging and their mistakes;
//! * [`safe`]: text of unknown origin made safe to show.
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

mod bopomofo;
mod chars;
mod contacts;
mod content_scan;
mod encoding;
mod fold;
mod id_key;
mod invisible;
mod length;
mod lexicon;
mod licence;
mod look_alikes;
mod mapped;
mod omitted;
mod pinyin;
pub mod reading;
pub mod safe;
pub mod shape;
mod subject_terms;
mod trade_run;
mod windows;
mod words;

pub use contacts::{
    Contact, ContactContext, ContactFinder, ContactIds, ContactKind, ContactLexicon, ContactLinks, ContactNumbers,
    ContactPhrases, UnknownContactKind,
};
pub use content_scan::{ContentFlags, ContentScan};
pub use encoding::undecodable;
pub use fold::{Fold, Folded, Folder, fold};
pub use id_key::id_key;
pub use invisible::invisible;
pub use length::{LengthUnit, len};
pub use lexicon::{FoldedChars, FoldedWords, Lexicon, LexiconError, LexiconProblems, LexiconSection, WrittenWords};
pub use licence::{Authority, LicenceCode, LicenceError, SubjectKind, licence_code, licence_key};
pub use look_alikes::LookAlikes;
pub use omitted::Omitted;
pub use pinyin::strip_pinyin_brackets;
pub use subject_terms::{Admission, SubjectTerms};
pub use trade_run::{compact, leading_run, longest_run};
pub use words::{DisguiseKind, ListId, ListOptions, TextError, Tier, WordHit, WordMatcher, WordMatcherBuilder};

#[cfg(test)]
mod tests;
