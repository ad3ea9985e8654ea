//! Adds a rule of one's own to the shipped pack, and changes a parameter of a shipped rule.
//!
//! `cargo run --example custom_pack`
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use std::error::Error;

use dianjian::{AsWritten, Engine, Format, Lang, PackBuilder, RunOptions};

const OUR_RULE: &str = r#"
id: our/name-ends-with-city
title: {zh: 店名以城市结尾, en: Names end with the city}
why: {zh: 我们的店名都以城市结尾。, en: All of our shops are named that way.}
severity: warning
for: Shop
check: {at: name, ends_with: 深圳店}
message: {zh: "“{value}”应以“深圳店”结尾", en: "“{value}” should end with 深圳店"}
evidence: [{source: own, ref: house rules, confidence: high, says: {zh: 内部约定。, en: Our own convention.}}]
examples:
  - {bad: {name: 云山茶业}, finds: [name]}
  - {good: {name: 云山茶业深圳店}}
"#;

/// Runs the example.
pub fn main() -> Result<(), Box<dyn Error>> {
    // A folder laid out like `rules/` is added by `.folder(path)` in the same way.
    let builder = PackBuilder::default().shipped().text("our/name-ends-with-city.yaml", OUR_RULE);
    let (pack, problems) = builder.build();
    assert!(problems.is_empty(), "the rule has no mistakes: {problems:?}");

    let day = "2026-11-22".parse()?;
    let engine = Engine::new(&pack, &AsWritten, RunOptions::new(day));
    let shop = "kind: Shop\nid: yunshan\nsystem: weixin-store\nname: 云山茶业\n";
    let (findings, _) = engine.check_text("shop.yaml", shop, Format::Yaml);

    let ours = findings.iter().find(|finding| finding.rule.id == "our/name-ends-with-city");
    println!("{}", ours.ok_or("the name breaks our rule")?.message.render(Lang::En));
    Ok(())
}
