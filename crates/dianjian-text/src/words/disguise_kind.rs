//! How a word is disguised, and what messages call it.

use dianjian_base::lang::Text;

use crate::reading;

/// How a word is written so that it is read but not found. Of several ways the most telling one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DisguiseKind {
    /// Characters that are read the same: 启舰店.
    Sound,
    /// Characters that look alike: 旗船店.
    Shape,
    /// The reading in Latin letters: qijian店.
    Pinyin,
    /// The first letters of the reading: 旗j店.
    Initials,
    /// The reading in bopomofo: ㄑㄧˊㄐㄧㄢˋ.
    Bopomofo,
    /// Characters split into their halves: 旗舟见店.
    Split,
    /// Pictures or signs in the place of characters: 旗🚢店.
    Signs,
    /// Something put between the characters: 旗x舰x店.
    Inserted,
    /// Written backwards: 店舰旗.
    Mirrored,
    /// Letters of a foreign word replaced, swapped or left out: 0fficial.
    Misspelt,
}

impl DisguiseKind {
    /// What messages call it.
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Sound => ("读音相同", "it sounds the same"),
            Self::Shape => ("字形相近", "it looks similar"),
            Self::Pinyin => ("写成拼音", "written in pinyin"),
            Self::Initials => ("写成拼音首字母", "written by its initials"),
            Self::Bopomofo => ("写成注音符号", "written in bopomofo"),
            Self::Split => ("把字拆开", "characters split into their parts"),
            Self::Signs => ("用图案代替", "a sign in the place of a character"),
            Self::Inserted => ("中间夹了别的字符", "something put between the characters"),
            Self::Mirrored => ("倒着写", "written backwards"),
            Self::Misspelt => ("换了或漏了字母", "letters changed or left out"),
        };
        Text::new(zh, en)
    }

    /// The same of a word that may not be disguised at all.
    pub fn title_of(disguise: Option<Self>) -> Text {
        disguise.map_or_else(|| Text::new("照原样写", "written as it is"), Self::title)
    }

    /// How a character that is written for a genuine one disguises it.
    pub(super) fn of_char(genuine: char, written: char) -> Self {
        let sounds = reading::readings(genuine).any(|here| reading::readings(written).any(|there| here == there));
        if sounds { Self::Sound } else { Self::Shape }
    }
}
