//! Messages: a template in two languages plus arguments; they become text only where a report writes them.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::lang::{Lang, Text};

/// An argument of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arg {
    /// Text as it stands in the user's file; reports make it safe to show.
    Text(String),
    /// A text that differs by language.
    Localized(Text),
    /// A number, written without trailing zeros.
    Number(#[serde(with = "number")] Decimal),
    /// A day.
    Date(NaiveDate),
    /// Several texts, joined by `、` or `, `.
    List(Vec<String>),
}

/// Numbers are kept as they are written.
mod number {
    use rust_decimal::Decimal;
    use serde::de::Error;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(number: &Decimal, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Decimal, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

impl Arg {
    fn write(&self, lang: Lang, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Localized(text) => out.push_str(text.get(lang)),
            Self::Number(number) => {
                let _ = write!(out, "{}", number.normalize());
            }
            Self::Date(date) => {
                let _ = write!(out, "{date}");
            }
            Self::List(items) => {
                let comma = match lang {
                    Lang::Zh => "、",
                    Lang::En => ", ",
                };
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_str(comma);
                    }
                    out.push_str(item);
                }
            }
        }
    }
}

/// A message: an id, a template in two languages, and what its placeholders stand for.
#[derive(Debug, Clone)]
pub struct Message {
    /// `rule` for the rule's own message, else the id under `messages`.
    pub id: Arc<str>,
    /// The template, with `{name}` placeholders; `{{` and `}}` are braces.
    pub template: Arc<Text>,
    /// Placeholder to value.
    pub args: Arc<Vec<(String, Arg)>>,
}

impl Message {
    /// The message in a language. A placeholder without a value stays as it is written.
    pub fn render(&self, lang: Lang) -> String {
        render(self.template.get(lang), &self.args, lang)
    }
}

/// Fills a template's placeholders.
pub fn render(template: &str, args: &[(String, Arg)], lang: Lang) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        if tail.starts_with("{{") || tail.starts_with("}}") {
            out.push_str(&tail[..1]);
            rest = &tail[2..];
            continue;
        }
        let close = if tail.starts_with('{') { tail.find('}') } else { None };
        let Some(close) = close else {
            out.push_str(&tail[..1]);
            rest = &tail[1..];
            continue;
        };
        let name = &tail[1..close];
        match args.iter().find(|(known, _)| known == name) {
            Some((_, arg)) => arg.write(lang, &mut out),
            None => out.push_str(&tail[..=close]),
        }
        rest = &tail[close + 1..];
    }
    out.push_str(rest);
    out
}
