//! Checks the text of one shop file and shows where its finding stands.
//!
//! `cargo run --example check_text`

use dianjian::{AsWritten, Engine, Format, Lang, PackBuilder, RunOptions};

pub fn main() {
    let (pack, problems) = PackBuilder::default().shipped().build();
    assert!(problems.is_empty(), "the shipped pack has no mistakes");

    let day = "2026-11-22".parse().expect("a date");
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
}
