//! dianjian (店检): checks WeChat shop files and live rooms against dated, evidenced rules.
//!
//! # A tour
//!
//! A [`PackBuilder`] makes a [`Pack`]: rules, kinds, tables and mappings, the shipped ones and one's own. An [`Engine`] runs it over
//! texts or files as of a day and gives [`Finding`]s, each with a [`Message`] in two languages, a primary [`Label`] that points at bytes
//! of a [`SourceFile`], evidence by way of its [`RuleInfo`], and [`Fix`]es; and [`Problem`]s, because of which the run cannot be trusted.
//!
//! ```
//! use dianjian::{AsWritten, Engine, Format, Lang, PackBuilder, RunOptions};
//!
//! let (pack, problems) = PackBuilder::default().shipped().build();
//! assert!(problems.is_empty());
//!
//! // The day is a parameter: nothing in the library reads a clock.
//! let day = "2026-11-22".parse().unwrap();
//! let engine = Engine::new(&pack, &AsWritten, RunOptions::new(day));
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
//!
//! Three parts are of use by themselves: a [`ContactFinder`] and [`licence_code`] for Chinese texts, a [`MediaScanner`] for codes in pictures
//! and video, a [`Workbook`] for changing cells of xlsx files. `examples/` has a program for each.
//!
//! # What is stable
//!
//! The names below, as semantic versioning has it: what breaks them raises the version. So are, with versions of their own, the formats
//! that programs keep: rule files, reports in JSON, plans, partials, baselines and the fingerprints of findings (`schemas/`, `CHANGELOG.md`).
//! The crates `dianjian-*` are the inside of this one; they change with it and promise nothing.
//!
//! The feature `zxing-cpp` (off by default) adds an engine that reads codes; it builds C++ sources, which takes cmake and a compiler of
//! C++20.

pub use dianjian_base::lang::{Lang, Localized, Text};
pub use dianjian_base::message::Message;
pub use dianjian_document::edit::{Applicability, Edit};
pub use dianjian_document::problem::Problem;
pub use dianjian_document::source::{Format, Position, SourceFile, Span};
pub use dianjian_engine::{AsWritten, Engine, Finding, Fix, Label, RunOptions, SeverityPolicy};
pub use dianjian_media::{Code, CodeKind, MediaScan, MediaScanner, MediaSettings, NoProgress};
pub use dianjian_rules::language::{Confidence, Severity};
pub use dianjian_rules::{Pack, PackBuilder, RuleInfo};
pub use dianjian_text::{Contact, ContactFinder, LicenceCode, licence_code};
pub use dianjian_xlsx::{CellEdit, CellRef, Workbook};
