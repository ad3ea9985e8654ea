//! Any text as a rule, a table, a mapping and a record: no panic, no hang.
#![no_main]

use dianjian_engine::examples::run_examples;
use dianjian_engine::{AsWritten, Engine, RunOptions};
use dianjian_rules::PackBuilder;
use libfuzzer_sys::fuzz_target;

const SHOP: &str = include_str!("../../rules/kinds/Shop.yaml");

fuzz_target!(|text: &str| {
    let builder = PackBuilder::default().text("kinds/Shop.yaml", SHOP);
    let builder = ["a/rule.yaml", "tables/table.yaml", "mappings/mapping.yaml"]
        .into_iter()
        .fold(builder, |builder, path| builder.text(path, text));
    let (pack, _) = builder.build();
    let _ = run_examples(&pack);
    let _ = Engine::new(&pack, &AsWritten, RunOptions::new("2026-11-22".parse().unwrap_or_default()));
});
