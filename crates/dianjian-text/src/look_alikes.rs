//! What people write in the place of a character so that a word is read but not found: look-alikes, sound-alikes, halves of a
//! split character, emoji, Latin letters, pinyin. Data, not code: a pack brings its own, the default is for those without one.

use super::fold::{Fold, fold};
use super::pinyin;

/// For each character of interest, what may stand in its place.
#[derive(Debug, Clone)]
pub struct LookAlikes {
    pub(super) classes: Vec<Class>,
    pub(super) common: String,
}

/// The stand-ins of one character.
#[derive(Debug, Clone)]
pub(super) struct Class {
    pub(super) canonical: char,
    /// Folded; none of them empty or the character itself.
    pub(super) stand_ins: Vec<String>,
}

/// Characters, and what stands in for them. Sources: the word classes of the domain notes, hand-checked
/// against ordinary words. Traditional and Japanese forms need no row: folding knows them.
const DEFAULT: &[(char, &[&str])] = &[
    ('旗', &["棋", "琪", "祺", "骐", "淇", "其", "麒", "q", "qi", "🚩", "🏴", "🎌"]),
    ('舰', &["见", "件", "剑", "建", "箭", "鉴", "槛", "间", "舟见", "jian", "🚢", "⛵", "🛳", "🚤", "⛴"]),
    ('店', &["点", "铺", "殿", "惦", "淀", "坫", "典", "广占", "dian", "🏪", "🏬"]),
    ('专', &["砖", "传", "转", "zhuan", "🧱"]),
    ('卖', &["买", "麦", "迈", "十买", "mai"]),
    ('营', &["赢", "盈", "莹", "萤", "ying"]),
    ('官', &["馆", "棺", "冠", "倌", "guan"]),
    ('方', &["坊", "芳", "fang"]),
    ('直', &["值", "植", "zhi"]),
    ('授', &["受", "shou"]),
    ('权', &["全", "quan", "木又"]),
    ('认', &["讠人", "ren"]),
    ('证', &["讠正", "zheng"]),
    ('特', &["te"]),
    ('许', &["讠午", "xu"]),
    ('经', &["jing"]),
    ('销', &["消", "xiao"]),
    ('约', &["yue"]),
    ('微', &["薇", "威", "徽", "维", "围", "巍", "卫", "溦", "v", "wei"]),
    ('信', &["芯", "心", "星", "亻言", "xin", "❤"]),
    ('加', &["佳", "嘉", "茄", "架", "jia", "➕"]),
    ('群', &["裙", "qun"]),
    ('私', &["si"]),
    ('下', &["xia", "⬇", "👇"]),
    ('交', &["jiao"]),
    ('易', &["yi"]),
    ('转', &["zhuan", "传"]),
    ('账', &["帐", "zhang"]),
    ('码', &["马", "玛", "石马", "ma"]),
    ('扫', &["sao"]),
    ('线', &["xian"]),
    ('付', &["fu"]),
    ('款', &["kuan"]),
    ('红', &["hong"]),
    ('包', &["bao"]),
];

/// Characters that stand in nearly every name and prove nothing about the word around them.
const DEFAULT_COMMON: &str = "店";

impl Default for LookAlikes {
    fn default() -> Self {
        Self::from_pairs(DEFAULT.iter().map(|&(canonical, stand_ins)| (canonical, stand_ins.iter().copied())))
    }
}

impl LookAlikes {
    /// No stand-ins: only Latin look-alikes from other scripts are seen through.
    pub fn none() -> Self {
        Self { classes: Vec::new(), common: DEFAULT_COMMON.to_owned() }
    }

    /// Takes pairs of a character and the strings that may stand in for it: single characters (`见`),
    /// the halves of a split character (`舟见`), emoji, Latin letters (`q`), pinyin (`jian`, no tones).
    /// Rows of one character add up; strings are folded as names are.
    pub fn from_pairs<S, I>(pairs: impl IntoIterator<Item = (char, I)>) -> Self
    where
        S: AsRef<str>,
        I: IntoIterator<Item = S>,
    {
        let mut out = Self::none();
        for (canonical, stand_ins) in pairs {
            let canonical =
                fold(canonical.encode_utf8(&mut [0; 4]), Fold::Name).as_str().chars().next().unwrap_or(canonical);
            let at = match out.classes.iter().position(|class| class.canonical == canonical) {
                Some(at) => at,
                None => {
                    out.classes.push(Class { canonical, stand_ins: Vec::new() });
                    out.classes.len() - 1
                }
            };
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

    /// Replaces the characters that are too common to count as evidence that a word is meant, 店 unless said
    /// otherwise: 琪见店 in running text is not taken for 旗舰店 on the strength of its 店 alone.
    #[must_use]
    pub fn with_common(mut self, characters: &str) -> Self {
        self.common = fold(characters, Fold::Name).as_str().to_owned();
        self
    }
}

/// What sort of stand-in a string is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
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

pub(super) fn sort_of(stand_in: &str) -> Sort {
    let mut chars = stand_in.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) if super::chars::is_han(only) => Sort::Char,
        (Some(only), None) if only.is_ascii_alphanumeric() => Sort::Letter,
        (Some(_), None) => Sort::Symbol,
        _ if pinyin::is_syllable(stand_in) => Sort::Pinyin,
        _ => Sort::Split,
    }
}
