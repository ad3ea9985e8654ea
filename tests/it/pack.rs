//! The shipped pack: it reads, compiles, and every rule's examples hold.

use dianjian_base::lang::Lang;
use dianjian_engine::examples::run_examples;
use dianjian_rules::language::{Confidence, Severity, SourceClass};
use dianjian_rules::{PackBuilder, carries_error};

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

/// Every `ref` that the files of the pack cite.
fn cited() -> Vec<(String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut files = vec![root.clone()];
    let mut out = Vec::new();
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let file: serde_json::Value = serde_yaml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        for evidence in file["evidence"].as_array().into_iter().flatten() {
            assert!(evidence["dated"].is_null(), "{name}: dates of sources stand in tables/sources.yaml");
            if evidence["source"] != "own" {
                out.push((name.clone(), evidence["ref"].as_str().unwrap().to_owned()));
            }
        }
    }
    out
}

#[test]
fn every_source_can_be_found_by_its_title_and_publisher() {
    let (pack, _) = PackBuilder::default().shipped().build();
    let sources = &pack.tables["sources"];
    let column = |name: &str| sources.column(name).unwrap();
    let (key, title, publisher) = (column("ref"), column("title"), column("publisher"));
    let cited = cited();
    assert!(cited.len() > 200);
    for (file, reference) in &cited {
        let row = sources.rows.iter().find(|row| row.cells[key].as_ref() == Some(reference));
        let row = row.unwrap_or_else(|| panic!("{file} cites `{reference}`, which tables/sources.yaml does not have"));
        assert!(
            row.cells[title].is_some() && row.cells[publisher].is_some(),
            "`{reference}` has no title or publisher"
        );
    }
    for row in &sources.rows {
        let reference = row.cells[key].as_ref().unwrap();
        assert!(
            cited.iter().any(|(_, known)| known == reference) || reference.ends_with(".txt"),
            "nobody cites `{reference}`"
        );
    }
}

#[test]
fn what_a_rule_claims_is_carried_by_its_evidence() {
    let (pack, _) = PackBuilder::default().shipped().build();
    let mut told = Vec::new();
    for rule in &pack.rules {
        let info = &rule.info;
        if info.severity == Severity::Error && (info.is_inference() || !carries_error(&info.evidence)) {
            told.push(format!("{}: an error that its evidence does not carry", info.id));
        }
        // What one message says is carried by the evidence that bears that message out.
        let file = &rule.file;
        for id in std::iter::once("rule").chain(file.messages.keys().map(String::as_str)) {
            let info = info.of_message(id);
            let is_carried = !info.is_inference() && carries_error(&info.evidence);
            assert!(info.severity < Severity::Error || is_carried, "{}: `{id}` is an error", info.id);
        }
        let from = info.effective.from;
        for one in &info.evidence {
            let is_later = one.since().is_some_and(|since| from.is_none_or(|from| from < since));
            if is_later && one.note.is_none() {
                told.push(format!("{}: `{}` is later than the rule, and no note says why", info.id, one.r#ref));
            }
            let alone = !info.evidence.iter().any(|other| {
                other.r#ref != one.r#ref
                    && other.confidence >= Confidence::Medium
                    && other.source > SourceClass::Inference
            });
            let is_copy = matches!(one.source, SourceClass::Seed | SourceClass::Secondary | SourceClass::Repost);
            if one.confidence == Confidence::High && is_copy && alone {
                told.push(format!("{}: `{}` is a single source and cannot be `high`", info.id, one.r#ref));
            }
        }
        // Before its sources spoke nothing is more than a warning of low confidence.
        let early = "2011-01-01".parse().unwrap();
        if !info.has_source_on(early) {
            assert!(info.confidence_on(early) == Confidence::Low && info.severity_on(early) < Severity::Error);
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn every_source_bears_a_date_or_says_why_not() {
    let (pack, _) = PackBuilder::default().shipped().build();
    let sources = &pack.tables["sources"];
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    let column = |name: &str| sources.column(name).unwrap();
    for row in &sources.rows {
        let has = |name: &str| row.cells[column(name)].is_some();
        let reference = row.cells[column("ref")].as_ref().unwrap();
        let is_dated = has("date") || has("in_force");
        let says_why = has("undated") && has("undated_en");
        assert!(is_dated != says_why, "`{reference}` needs either a date or a reason why it bears none");
        // A version, a month or a day in a name is a date that is known.
        let is_named = reference.contains("(20")
            || row.cells[column("title")].as_ref().is_some_and(|title| title.contains("的版本"));
        assert!(is_dated || !is_named, "the name of `{reference}` has its date");
    }
    for rule in &pack.rules {
        for one in rule.info.evidence.iter().filter(|one| one.source != SourceClass::Own) {
            let (id, reference) = (&rule.info.id, &one.r#ref);
            assert!(
                one.since().is_some() || one.undated.is_some(),
                "{id}: `{reference}` has neither a date nor a reason"
            );
        }
    }
    // What was read of a program's source text is known since the day of that version.
    let info = &pack.rule("alliance/status").unwrap().info;
    let on = |text: &str| (info.severity_on(day(text)), info.has_source_on(day(text)));
    assert_eq!(on("2025-01-23"), (Severity::Warning, false));
    assert_eq!(on("2025-01-24"), (Severity::Error, true));
    assert!(info.evidence[0].note.is_some());
}

#[test]
fn an_error_needs_high_confidence_or_medium_with_a_seed() {
    use SourceClass::{Inference, Own, Repost, Secondary, Seed};
    let (pack, _) = PackBuilder::default().shipped().build();
    let one = |source, confidence| dianjian_rules::language::Evidence {
        source,
        confidence,
        ..pack.rules[0].info.evidence[0].clone()
    };
    let (low, medium, high) = (Confidence::Low, Confidence::Medium, Confidence::High);
    let carries = |all: &[(SourceClass, Confidence)]| {
        let evidence: Vec<_> = all.iter().map(|(source, confidence)| one(*source, *confidence)).collect();
        carries_error(&evidence)
    };
    assert!(carries(&[(Repost, high)]) && carries(&[(Seed, high)]));
    assert!(carries(&[(Secondary, medium), (Seed, medium)]));
    assert!(carries(&[(Seed, medium)]) && !carries(&[(Secondary, medium), (Repost, medium)]));
    assert!(!carries(&[(Seed, low), (Secondary, medium)]) && !carries(&[(Own, medium), (Inference, high)]));
}

#[test]
fn a_message_has_the_evidence_that_bears_it_out() {
    let says = |text: &str| format!("{{zh: {text}, en: {text}}}");
    let source = |ref_: &str, class: &str, sure: &str, more: &str| {
        format!("  - {{source: {class}, ref: {ref_}, title: t, confidence: {sure}, says: {}{more}}}\n", says("s"))
    };
    let rule = |evidence: &str| {
        format!(
            "id: house/two\ntitle: {0}\nwhy: {0}\nseverity: error\nfor: Shop\ncheck:\n  all:\n    \
             - {{at: name, is: a, message: one}}\n    - {{at: description, is: b, message: two}}\n\
             message: {0}\nmessages: {{one: {0}, two: {0}}}\nevidence:\n{evidence}",
            says("t")
        )
    };
    let build = |evidence: &str| PackBuilder::default().shipped().text("house/two.yaml", &rule(evidence)).build();
    let (pack, problems) = build(
        &(source("a", "official", "high", ", messages: [one]") + &source("b", "secondary", "low", ", messages: [two]")),
    );
    assert!(problems.is_empty(), "{}", problems[0].message.en);
    let engine = dianjian_engine::Engine::new(
        &pack,
        &dianjian_engine::AsWritten,
        dianjian_engine::RunOptions::new("2026-11-29".parse().unwrap()),
    );
    let text = "kind: Shop\nid: a\nsystem: weixin-store\nname: x\ndescription: y\n";
    let (findings, _) = engine.check_text("a.yaml", text, dianjian_document::source::Format::Yaml);
    let told: Vec<_> = findings
        .iter()
        .filter(|finding| finding.rule.id == "house/two")
        .map(|finding| (&*finding.message.id, finding.severity, finding.rule.evidence[0].r#ref.as_str()))
        .collect();
    assert_eq!(told, [("one", Severity::Error, "a"), ("two", Severity::Warning, "b")]);
    // A message that nothing bears out, and one that does not exist, are mistakes of the rule.
    assert_eq!(build(&source("a", "official", "high", ", messages: [one]")).1.len(), 1);
    assert_eq!(build(&source("a", "official", "high", ", messages: [one, two, tow]")).1.len(), 1);
}

#[test]
fn no_message_of_the_pack_goes_beyond_what_its_source_names() {
    let (pack, _) = PackBuilder::default().shipped().build();
    for (id, message, is_inference) in [
        ("touchpoint/channels-only", "community", false),
        ("touchpoint/channels-only", "moments", true),
        ("touchpoint/channels-only", "top-stories", true),
        ("touchpoint/accounts", "official", false),
        ("touchpoint/accounts", "service", true),
        ("touchpoint/more", "wecom", false),
        ("touchpoint/more", "top-stories", true),
        ("deposit/channels-store", "exempt", false),
        ("deposit/channels-store", "trial", true),
    ] {
        assert_eq!(pack.rule(id).unwrap().info.of_message(message).is_inference(), is_inference, "{id} {message}");
    }
}

#[test]
fn a_text_planned_for_a_later_day_counts_from_that_day() {
    let (pack, _) = PackBuilder::default().shipped().build();
    let day = |text: &str| text.parse().unwrap();
    for id in [
        "brand/mark",
        "brand/self-run-limit",
        "brand/authorised-limit",
        "naming/brand-first",
        "naming/brand-and-trade-name",
    ] {
        let info = &pack.rule(id).unwrap().info;
        let on = |text: &str| (info.severity_on(day(text)), info.confidence_on(day(text)));
        assert_eq!(on("2024-10-01"), (Severity::Warning, Confidence::Medium), "{id}");
        assert_eq!(on("2025-03-31"), (Severity::Warning, Confidence::Medium), "{id}");
        assert_eq!(on("2025-04-01"), (Severity::Error, Confidence::High), "{id}");
    }
}
