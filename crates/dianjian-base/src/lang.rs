//! Languages of messages: Chinese and English, side by side.
//!
//! Every message of this library exists in both languages and is chosen when it is shown, never
//! when it is made, so that one run can be reported in either.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language that messages are shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Simplified Chinese.
    Zh,
    /// English.
    #[default]
    En,
}

/// The text given is not the name of a language that messages exist in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown language `{0}`: expected `zh` or `en`")]
pub struct UnknownLang(pub String);

impl FromStr for Lang {
    type Err = UnknownLang;

    /// Reads a bare name (`zh`, `en`) or a locale (`zh_CN.UTF-8`, `en-GB`), whatever its case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let primary = text.split(['_', '-', '.', '@']).next().unwrap_or_default().to_ascii_lowercase();
        match primary.as_str() {
            "zh" => Ok(Self::Zh),
            "en" => Ok(Self::En),
            _ => Err(UnknownLang(text.to_owned())),
        }
    }
}

impl std::fmt::Display for Lang {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Zh => "zh",
            Self::En => "en",
        })
    }
}

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The text in Simplified Chinese.
    pub zh: String,
    /// The text in English.
    pub en: String,
}

impl Text {
    /// The text in the language asked for.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// What can say what it is in either language.
///
/// All error types of this library implement it, beside `std::error::Error` and
/// `miette::Diagnostic`, whose fixed texts are the English ones.
pub trait Localized {
    /// The message: one sentence without its place.
    fn text(&self, lang: Lang) -> String;

    /// What the reader can do about it, where that is known.
    fn help(&self, lang: Lang) -> Option<String>;

    /// The message in both languages, for those who choose later.
    fn both(&self) -> Text {
        Text { zh: self.text(Lang::Zh), en: self.text(Lang::En) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_its_language() {
        assert_eq!("zh_CN.UTF-8".parse(), Ok(Lang::Zh));
        assert_eq!("ZH-Hans".parse(), Ok(Lang::Zh));
        assert_eq!("en".parse(), Ok(Lang::En));
        assert!("fr_FR".parse::<Lang>().is_err());
    }

    #[test]
    fn a_text_refuses_other_fields() {
        let text: Text = serde_json::from_str(r#"{"zh":"甲","en":"a"}"#).unwrap();
        assert_eq!((text.get(Lang::Zh), text.get(Lang::En)), ("甲", "a"));
        assert!(serde_json::from_str::<Text>(r#"{"zh":"甲","en":"a","fr":"b"}"#).is_err());
    }
}
