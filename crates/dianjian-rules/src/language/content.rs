//! What a text may have inside, and what a picture may show.

use dianjian_text::Fold;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Operand, SetSpec};

/// What a text may have inside, or what a picture may show. Exactly one of `words`, `pattern`, `contacts`,
/// `invisible`, `lost_encoding`, `codes`, `refuses`; `picture_text` goes with the first three.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Content {
    /// Words, looked for after folding.
    pub words: Option<SetSpec>,
    /// A regular expression, on the raw text.
    pub pattern: Option<String>,
    /// Ways to be reached: kinds of contact, or `[all]` for all but `place-hint`, which is no more than a hint.
    pub contacts: Option<Vec<String>>,
    /// Characters that nobody sees.
    pub invisible: Option<bool>,
    /// Traces of a text read in the wrong encoding.
    pub lost_encoding: Option<bool>,
    /// Codes that a picture or video shows; `at` must be a field of type `asset`.
    pub codes: Option<CodesSpec>,
    /// Looks in the text that a picture or video shows instead of in a field's own; `at` must be a field of type `asset`.
    pub picture_text: Option<PictureTextSpec>,
    /// Words that keep a type of subject out, such as 仅限企业 for `sole-trader`; usually `{field: subject.type}`.
    pub refuses: Option<Operand>,
    /// How the text is folded before words are looked for; default `name`.
    pub fold: Option<Fold>,
    /// `exact`: what is certain (default); `evasion`: only what looks like an attempt to hide it.
    pub tier: Option<TierSpec>,
    /// Phrases in which the words are harmless.
    pub except: Option<SetSpec>,
    /// Whether a word does not count where its sentence warns of it, as 谁让你转账谁就是骗子 does; default `false`. The words of
    /// such sentences are those of the lexicon `contact-context`.
    pub heeds_warnings: Option<bool>,
}

/// Which codes count: `{kinds: [qr, mini-program, round], says: [payment]}`. All that is given must hold.
///
/// What a code says is told by the table `code-contents`: a class for every address form. A code that was seen
/// and not read says `unread`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CodesSpec {
    /// Sorts of code: `qr`, `mini-program`, `channels`, `round`, `data-matrix`, `aztec`, `maxicode`, `pdf417`, `linear`,
    /// `other`, or `all`; default: those that viewers scan, which are the first four.
    pub kinds: Option<SetSpec>,
    /// How sure it must be that a code is there; default `certain`.
    pub certainty: Option<Certainty>,
    /// Only codes that say this: classes of the table `code-contents`, or `unread`.
    pub says: Option<SetSpec>,
    /// Not codes that say this.
    pub not_says: Option<SetSpec>,
    /// From this score on a code is certain though it was not read; 0 to 1, default 0.5.
    pub present: Option<Operand>,
    /// From this score on a code is suspected; 0 to 1, default 0.3.
    pub suspected: Option<Operand>,
}

/// Which text of pictures counts: `{confidence: 0.7, height: 10}`. Where nobody reads text, there is none.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PictureTextSpec {
    /// How sure it must be that the text says so; default `certain`.
    pub certainty: Option<Certainty>,
    /// From this mean confidence of the characters found on they are certain; 0 to 1, default 0.6.
    pub confidence: Option<Operand>,
    /// From this mean confidence on they are suspected; 0 to 1, default 0.3.
    pub suspected: Option<Operand>,
    /// How high the characters found must be, in pixels of a picture whose longer side is 1920; default 0.
    pub height: Option<Operand>,
}

/// How sure it must be that a code is there, or that a text of a picture says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// It was read, or its score is at least `present`; a text's confidence is at least `confidence`.
    #[default]
    Certain,
    /// Below that and at least `suspected`.
    Suspected,
    /// Both.
    Any,
}

/// Which hits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TierSpec {
    /// The word itself after folding; a contact that is certain.
    Exact,
    /// Look-alikes, pinyin, split characters; a contact that is suspected.
    Evasion,
    /// Both.
    Any,
}
