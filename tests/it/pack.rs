//! The shipped pack: it reads, compiles, and every rule's examples hold.

use dianjian_base::lang::Lang;
use dianjian_engine::examples::run_examples;
use dianjian_rules::PackBuilder;

#[test]
fn the_pack_has_no_problems() {
    let (pack, problems) = PackBuilder::default().shipped().build();
    let told: Vec<String> = problems
        .iter()
        .map(|problem| {
            let line = problem.place.as_ref().map_or(0, |(source, span)| source.range(*span).0.line);
            format!(
                "{}:{line}: {} {}",
                problem.file,
                problem.message.get(Lang::En),
                problem.help.as_ref().map_or("", |help| help.get(Lang::En))
            )
        })
        .collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert!(pack.rules.len() >= 60, "only {} rules", pack.rules.len());
}

#[test]
fn every_example_holds() {
    let (pack, _) = PackBuilder::default().shipped().build();
    let mut told = Vec::new();
    for report in run_examples(&pack) {
        if !report.has_bad || !report.has_good {
            told.push(format!("{}: needs a bad and a good example", report.id));
        }
        for example in report.examples.iter().filter(|example| !example.verdict.holds()) {
            let line = report.source.range(example.span).0.line;
            told.push(format!("{}:{line}: {:?} {:?}", report.source.name(), example.kind, example.verdict));
        }
    }
    assert!(told.is_empty(), "{} examples do not hold:\n{}", told.len(), told.join("\n"));
}
