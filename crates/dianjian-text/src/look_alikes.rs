//! What people write in the place of a character so that a word is read but not found: look-alikes, sound-alikes, halves of
//! a split character, emoji, Latin letters, pinyin. The shipped pack's are the table `look-alikes`.

use super::fold::{Fold, fold};
use super::pinyin;

/// For each character of interest, what may stand in its place. The default has none: only Latin look-alikes from other
/// scripts are seen through.
#[derive(Debug, Clone, Default)]
pub struct LookAlikes {
    pub(super) classes: Vec<StandIns>,
    /// Characters that stand in nearly every name and prove nothing about the word around them.
    pub(super) common: String,
    /// What names of shops go on with after the word of a store type.
    pub(super) endings: Vec<String>,
    pub(super) surnames: Vec<String>,
}

/// The stand-ins of one character.
#[derive(Debug, Clone)]
pub(super) struct StandIns {
    pub(super) canonical: char,
    /// Folded; none of them empty or the character itself.
    pub(super) stand_ins: Vec<String>,
}

impl LookAlikes {
    /// Takes pairs of a character and the strings that may stand in for it: single characters (`见`),
    /// the halves of a split character (`舟见`), emoji, Latin letters (`q`), pinyin (`jian`, no tones).
    /// Rows of one character add up; strings are folded as names are.
    pub fn from_pairs<S, I>(pairs: impl IntoIterator<Item = (char, I)>) -> Self
    where
        S: AsRef<str>,
        I: IntoIterator<Item = S>,
    {
        let mut out = Self::default();
        for (canonical, stand_ins) in pairs {
            let canonical =
                fold(canonical.encode_utf8(&mut [0; 4]), Fold::Name).as_str().chars().next().unwrap_or(canonical);
            let known = out.classes.iter().position(|class| class.canonical == canonical);
            let at = known.unwrap_or_else(|| {
                out.classes.push(StandIns { canonical, stand_ins: Vec::new() });
                out.classes.len() - 1
            });
            let class = &mut out.classes[at];
            for stand_in in stand_ins {
                let folded = fold(stand_in.as_ref(), Fold::Name);
                let folded = folded.as_str();
                let itself = folded.chars().eq([canonical]);
                if !folded.is_empty() && !itself && !class.stand_ins.iter().any(|known| known == folded) {
                    class.stand_ins.push(folded.to_owned());
                }
            }
        }
        out
    }

    /// Names the characters that are too common to count as evidence that a word is meant, such as 店: 琪见店 in running
    /// text is not taken for 旗舰店 on the strength of its 店 alone.
    #[must_use]
    pub fn with_common(mut self, characters: &str) -> Self {
        self.common = fold(characters, Fold::Name).as_str().to_owned();
        self
    }

    /// Names what shops' names go on with after the word of a store type (小铺), and family names: 云山关方 and 云山关方小铺 are meant
    /// for 官方, while 李关方 is a person.
    #[must_use]
    pub fn with_name_parts<'w>(
        mut self,
        endings: impl IntoIterator<Item = &'w str>,
        surnames: impl IntoIterator<Item = &'w str>,
    ) -> Self {
        let folded = |word: &str| fold(word, Fold::Name).as_str().to_owned();
        self.endings = endings.into_iter().map(folded).collect();
        self.surnames = surnames.into_iter().map(folded).collect();
        self
    }
}

/// How a stand-in disguises a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StandInKind {
    /// One ordinary character.
    Char,
    /// The halves of a split character.
    Split,
    /// A reading in Latin letters.
    Pinyin,
    /// A single Latin letter or digit.
    Letter,
    /// An emoji or another sign.
    Symbol,
}

pub(super) fn kind_of_stand_in(stand_in: &str) -> StandInKind {
    let mut chars = stand_in.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) if super::chars::is_han(only) => StandInKind::Char,
        (Some(only), None) if only.is_ascii_alphanumeric() => StandInKind::Letter,
        (Some(_), None) => StandInKind::Symbol,
        _ if pinyin::is_syllable(stand_in) => StandInKind::Pinyin,
        _ => StandInKind::Split,
    }
}
