//! dianjian (店检): checks WeChat shop files and live rooms against dated, evidenced rules.
//!
//! ```
//! use dianjian::{AsWritten, Engine, Format, Lang, RunOptions, PackBuilder};
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

pub use dianjian_base::lang::{Lang, Localized, Text};
pub use dianjian_base::message::{Arg, Message};
pub use dianjian_document::edit::{Applicability, Edit, EditSet};
pub use dianjian_document::problem::Problem;
pub use dianjian_document::source::{Format, Position, SourceFile, Span};
pub use dianjian_engine::{AsWritten, Engine, Finding, Fix, Label, RunOptions, SeverityPolicy, Summary};
pub use dianjian_media::{Code, CodeKind, MediaScan, MediaScanner, MediaSettings, NoProgress};
pub use dianjian_rules::language::{Confidence, Severity};
pub use dianjian_rules::{Pack, PackBuilder, RuleInfo};
pub use dianjian_text::{Contact, ContactFinder, ContactKind, LicenceCode, licence_code};
pub use dianjian_xlsx::{CellEdit, CellRef, Workbook};
