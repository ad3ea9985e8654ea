//! The two languages of messages, Chinese and English.
//!
//! Every message exists in both and is chosen when it is displayed, never when it is made, so that one run can be
//! reported in either. [`localized!`](crate::localized) keeps both texts of an error variant in one row;
//! [`text!`](crate::text) is the same for a single message.

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

impl Lang {
    /// The first in Chinese, the second in English.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

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
    /// The same message in Chinese and in English.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The text in one language.
    pub fn get(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }

    /// Takes the text in one language out.
    pub fn take(self, lang: Lang) -> String {
        lang.pick(self.zh, self.en)
    }
}

/// A message, most often an error, that can be given in either language.
///
/// Implement it with [`localized!`](crate::localized), which makes `Display` the English text.
pub trait Localized {
    /// One sentence that does not name the place: reports put that beside it.
    fn text(&self, lang: Lang) -> String;

    /// What the reader can do about it, where that is known.
    fn help(&self, _lang: Lang) -> Option<String> {
        None
    }

    /// The message in both languages, for whoever chooses later.
    fn both(&self) -> Text {
        Text { zh: self.text(Lang::Zh), en: self.text(Lang::En) }
    }

    /// The help in both languages.
    fn both_help(&self) -> Option<Text> {
        self.help(Lang::Zh).zip(self.help(Lang::En)).map(|(zh, en)| Text { zh, en })
    }
}

/// The help for a name that is nearly right.
pub fn did_you_mean(near: impl std::fmt::Display) -> Text {
    crate::text! { zh: "是不是想写“{near}”？", en: "did you mean `{near}`?" }
}

/// A [`Text`](crate::lang::Text) from two format strings, which may name variables in scope.
///
/// ```
/// let files = 3;
/// let text = dianjian_base::text! { zh: "{files} 个文件", en: "{files} files" };
/// assert_eq!((text.zh.as_str(), text.en.as_str()), ("3 个文件", "3 files"));
/// ```
#[macro_export]
macro_rules! text {
    (zh: $zh:expr, en: $en:expr $(,)?) => {
        $crate::lang::Text { zh: $crate::__localized!(@format $zh), en: $crate::__localized!(@format $en) }
    };
}

/// Implements [`Localized`](crate::lang::Localized), an English `Display` and miette's `Diagnostic` for an error from one table: a
/// row a pattern.
///
/// A row is `PATTERN => { zh: TEXT, en: TEXT }`, after which may follow `help zh: TEXT, help en: TEXT`, or
/// `help: EXPRESSION` that gives an `Option<Text>`. A text is a format string over the pattern's names, or any
/// expression that can be displayed. `PATTERN => INNER` passes everything on to a field that is itself `Localized`.
/// The rows are the arms of a `match`: a variant without a row, or a row without one of the languages, does not
/// compile.
///
/// ```
/// use dianjian_base::lang::{Lang, Localized, did_you_mean};
///
/// #[derive(Debug, thiserror::Error)]
/// enum LookupError {
///     NoShop { found: String, near: Option<String> },
///     Empty,
///     Inner(Box<LookupError>),
/// }
///
/// dianjian_base::localized! { LookupError {
///     Self::NoShop { found, near } => {
///         zh: "没有店铺“{found}”",
///         en: "there is no shop `{found}`",
///         help: near.as_ref().map(did_you_mean),
///     }
///     Self::Empty => {
///         zh: "清单是空的",
///         en: "the list is empty",
///         help zh: "请写入店铺。",
///         help en: "Put shops into it.",
///     }
///     Self::Inner(error) => error,
/// } }
///
/// let error = LookupError::Inner(Box::new(LookupError::NoShop { found: "ab".into(), near: Some("abc".into()) }));
/// assert_eq!(error.to_string(), "there is no shop `ab`");
/// assert_eq!(error.text(Lang::Zh), "没有店铺“ab”");
/// assert_eq!(error.help(Lang::En).as_deref(), Some("did you mean `abc`?"));
/// assert_eq!(LookupError::Empty.help(Lang::Zh).as_deref(), Some("请写入店铺。"));
/// ```
#[macro_export]
macro_rules! localized {
    ($name:ty { $($pattern:pat $(if $guard:expr)? => $row:tt $(,)?)* }) => {
        #[allow(unused_variables, reason = "a name may occur in one language, or in the help, alone")]
        impl $crate::lang::Localized for $name {
            fn text(&self, lang: $crate::lang::Lang) -> String {
                match lang {
                    $crate::lang::Lang::Zh => match self {
                        $($pattern $(if $guard)? => $crate::__localized!(@zh lang $row),)*
                    },
                    $crate::lang::Lang::En => match self {
                        $($pattern $(if $guard)? => $crate::__localized!(@en lang $row),)*
                    },
                }
            }

            fn help(&self, lang: $crate::lang::Lang) -> Option<String> {
                match self {
                    $($pattern $(if $guard)? => $crate::__localized!(@help lang $row),)*
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&$crate::lang::Localized::text(self, $crate::lang::Lang::En))
            }
        }

        impl $crate::Diagnostic for $name {
            fn help<'h>(&'h self) -> Option<Box<dyn ::std::fmt::Display + 'h>> {
                let help = $crate::lang::Localized::help(self, $crate::lang::Lang::En)?;
                Some(Box::new(help))
            }
        }
    };
}

/// The cells of the rows of [`localized!`] and [`text!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __localized {
    (@format $text:literal) => { format!($text) };
    (@format $text:expr) => { ::std::string::ToString::to_string(&$text) };

    (@zh $lang:ident { zh: $zh:expr, $($rest:tt)* }) => { $crate::__localized!(@format $zh) };
    (@zh $lang:ident $inner:ident) => {{
        use $crate::lang::Localized as _;
        $inner.text($lang)
    }};

    (@en $lang:ident { zh: $zh:expr, en: $en:expr $(, $($rest:tt)*)? }) => { $crate::__localized!(@format $en) };
    (@en $lang:ident $inner:ident) => {{
        use $crate::lang::Localized as _;
        $inner.text($lang)
    }};

    (@help $lang:ident { zh: $zh:expr, en: $en:expr, help zh: $help_zh:expr, help en: $help_en:expr $(,)? }) => {
        Some(match $lang {
            $crate::lang::Lang::Zh => $crate::__localized!(@format $help_zh),
            $crate::lang::Lang::En => $crate::__localized!(@format $help_en),
        })
    };
    (@help $lang:ident { zh: $zh:expr, en: $en:expr, help: $help:expr $(,)? }) => {
        $help.map(|help: $crate::lang::Text| help.take($lang))
    };
    (@help $lang:ident { zh: $zh:expr, en: $en:expr $(,)? }) => { None };
    (@help $lang:ident $inner:ident) => {{
        use $crate::lang::Localized as _;
        $inner.help($lang)
    }};
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
