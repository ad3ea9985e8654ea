//! dianjian (店检): checks WeChat shop files and live rooms against dated, evidenced rules.
//!
//! Data flows one way, and a lower module knows nothing of a higher one:
//!
//! [`source`] (bytes and places) → [`document`] (spanned trees) → [`record`] (kinds and mappings) →
//! [`rules`] (language, compilation, evaluation) → [`engine`] (runs, groups, suppressions, fixes) →
//! [`report`] (output formats). [`text`] knows Chinese text, [`workbook`] xlsx files, [`fix`] byte edits, [`lang`] and [`message`]
//! the two languages; [`config`] is `dianjian.yaml`, [`cli`] the commands.
//!
//! The feature `zxing-cpp` (off by default) adds an engine that reads codes ([`media::decode`]); it builds
//! C++ sources, which takes cmake and a compiler of C++20.
//!
//! ```
//! use dianjian::engine::{AsWritten, Engine, Options};
//! use dianjian::lang::Lang;
//! use dianjian::rules::PackBuilder;
//! use dianjian::source::Format;
//!
//! let (pack, problems) = PackBuilder::default().shipped().build();
//! assert!(problems.is_empty());
//!
//! // The day is a parameter: nothing in the library reads a clock.
//! let day = "2026-11-22".parse().unwrap();
//! let engine = Engine::new(&pack, &AsWritten, Options::new(day));
//!
//! let shop = "kind: Shop\nid: yunshan\nsystem: weixin-store\nname: 云山旗舰店\n";
//! let (findings, problems) = engine.check_text("shop.yaml", shop, Format::Yaml);
//! assert!(problems.is_empty());
//!
//! let finding = &findings[0];
//! assert_eq!(finding.rule.id, "naming/store-type-words");
//! assert_eq!(finding.primary.source.slice(finding.primary.span), "旗舰店");
//! assert_eq!((finding.primary.range().0.line, finding.primary.range().0.column), (4, 9));
//! println!("{}", finding.message.render(Lang::Zh));
//! ```
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

pub mod audit;
pub mod cli;
pub mod config;
pub mod document;
pub mod engine;
pub mod fix;
pub mod import;
pub mod lang;
pub mod media;
pub mod message;
pub mod migrate;
pub mod problem;
pub mod record;
pub mod report;
pub mod rules;
pub mod source;
pub mod text;
pub mod workbook;
