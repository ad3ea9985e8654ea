//! A text by itself, without the record that it will stand in.

use std::ops::Range;

use dianjian_document::source::Format;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::finding::{Finding, Problem};

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TextSurface {
    /// What is said or written in a live room.
    Live,
    /// The name of a shop.
    Name,
    /// The title of a product.
    Title,
}

/// A finding on a text.
#[derive(Debug)]
pub struct SurfaceFinding {
    /// The finding, whose places are those of a record around the text.
    pub finding: Finding,
    /// The bytes of the text that it marks.
    pub range: Range<usize>,
}

impl TextSurface {
    /// What is found on a text, as part of a record of a `weixin-store` that has nothing else for rules to speak about.
    pub fn check(self, engine: &Engine<'_>, name: &str, text: &str) -> (Vec<SurfaceFinding>, Vec<Problem>) {
        let (record, field) = self.record(text);
        // JSON on one line, so that places in it can be led back to the text.
        let written = record.to_string();
        let value = value_start(&written, field);
        let (findings, problems) = engine.check_text(name, &written, Format::Json);
        let on_text = findings.into_iter().filter(|finding| finding.path == field).map(|finding| {
            let span = finding.primary.span;
            let offset = |end: u32| unescaped_len(written.get(value..end as usize).unwrap_or_default(), text);
            SurfaceFinding { range: offset(span.start)..offset(span.end), finding }
        });
        (on_text.collect(), problems)
    }

    /// The text as the record that it stands in, and the field.
    fn record(self, text: &str) -> (Value, &'static str) {
        let system = "weixin-store";
        match self {
            Self::Live => {
                let scheduled = "2026-12-05T20:00";
                (json!({"kind": "LiveRoom", "scheduled": scheduled, "description": text}), "description")
            }
            Self::Name => {
                (json!({"kind": "Shop", "system": system, "name": text, "subject": {"type": "enterprise"}}), "name")
            }
            Self::Title => (json!({"kind": "Product", "system": system, "title": text}), "title"),
        }
    }
}

/// Where the text of a field begins, behind its quotation mark.
fn value_start(written: &str, field: &str) -> usize {
    let key = format!("\"{field}\":\"");
    written.find(&key).map_or(0, |at| at + key.len())
}

/// How many bytes of the text a piece of its JSON stands for: JSON writes quotes, backslashes and control characters longer
/// than they are.
fn unescaped_len(written: &str, text: &str) -> usize {
    let plain = serde_json::from_str::<String>(&format!("\"{written}\"")).map_or(0, |plain| plain.len());
    plain.min(text.len())
}

#[cfg(test)]
mod tests {
    use dianjian_rules::PackBuilder;

    use super::*;
    use crate::{AsWritten, RunOptions};

    #[test]
    fn places_are_those_of_the_text_whatever_json_makes_of_it() {
        let (pack, _) = PackBuilder::default().shipped().build();
        let engine = Engine::new(&pack, &AsWritten, RunOptions::new("2026-11-22".parse().unwrap()));
        for (surface, text, found) in [
            (TextSurface::Name, "云山旗舰店", "旗舰店"),
            (TextSurface::Name, "\"云\\山\"旗舰店", "旗舰店"),
            (TextSurface::Live, "新品\n加微信 abc12388 领券", "加微信 abc12388"),
        ] {
            let (findings, problems) = surface.check(&engine, "text", text);
            assert!(problems.is_empty(), "{problems:?}");
            assert!(findings.iter().any(|on| text[on.range.clone()].contains(found)), "{text}: {findings:?}");
        }
        assert!(TextSurface::Name.check(&engine, "text", "云山茶铺").0.is_empty());
    }
}
