//! Checks the text of one shop file and shows where its finding stands.
//!
//! `cargo run --example check_text`
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use std::error::Error;

use dianjian::{AsWritten, Engine, Format, Lang, PackBuilder, RunOptions};

/// Runs the example.
pub fn main() -> Result<(), Box<dyn Error>> {
    let (pack, problems) = PackBuilder::default().shipped().build();
    assert!(problems.is_empty(), "the shipped pack has no mistakes");

    let day = "2026-11-22".parse()?;
    let engine = Engine::new(&pack, &AsWritten, RunOptions::new(day));

    let shop = "kind: Shop\nid: yunshan\nsystem: weixin-store\nname: 云山旗舰店\n";
    let (findings, problems) = engine.check_text("shop.yaml", shop, Format::Yaml);
    assert!(problems.is_empty(), "the file could be read");

    for finding in &findings {
        let place = &finding.primary;
        let (start, _) = place.range();
        println!("{}:{}:{} {}", place.source.name(), start.line, start.column, finding.rule.id);
        println!("  {}", finding.message.render(Lang::Zh));
        println!("  {}", finding.message.render(Lang::En));
    }
    assert!(findings.iter().any(|finding| finding.rule.id == "naming/store-type-words"));
    Ok(())
}
