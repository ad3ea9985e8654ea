//! What is kept of files that change one after another comes to what a run over the same texts finds.

use std::sync::Arc;

use dianjian_base::FileSystem;
use dianjian_document::problem::Problem;
use dianjian_document::source::{Format, Input, InputSource};
use dianjian_engine::{AsWritten, CheckedFile, CheckedItem, Engine, Finding, Render, RunOptions};
use dianjian_rules::PackBuilder;

/// Shows findings and problems with all their places.
struct Shower;

impl Render for Shower {
    type Out = String;

    fn finding(&self, finding: Finding) -> String {
        shown(&CheckedItem::Finding(finding))
    }

    fn problem(&self, problem: Problem) -> String {
        shown(&CheckedItem::Problem(problem))
    }
}

fn shown(item: &CheckedItem) -> String {
    match item {
        CheckedItem::Finding(finding) => {
            let (start, end) = finding.primary.range();
            let related: Vec<_> = finding.related.iter().map(|label| (label.source.name(), label.range())).collect();
            format!("{} {} {start:?} {end:?} {related:?}", finding.rule.id, finding.primary.source.name())
        }
        CheckedItem::Problem(problem) => format!("{} {}", problem.file, problem.message.en),
    }
}

fn shop(id: usize, name: &str) -> String {
    format!("kind: Shop\nid: s{id}\nsystem: weixin-store\nname: {name}\nlicence: {{code: X{}}}\n", id % 3)
}

#[test]
fn what_is_kept_comes_to_what_a_run_finds() {
    let folder = tempfile::tempdir().unwrap();
    let (pack, _) = PackBuilder::default().shipped().build();
    let mut engine = Engine::new(&pack, &AsWritten, RunOptions::new("2026-11-22".parse().unwrap()));
    let json = |id: usize| format!("{{\"kind\": \"LiveRoom\", \"id\": \"r{id}\", \"shop\": \"s{id}\"}}\n");
    let texts = [
        ("a.yaml", shop(0, "云山茶业") + "---\n" + &shop(1, "云山茶业") + "oops: 1\n"),
        ("b.yaml", "# dianjian: ignore-file[naming/unique] -- 理由\n".to_owned() + &shop(2, "青禾")),
        ("c.ndjson", json(1) + &json(7) + "{\"broken\": \n" + &json(2)),
        ("d.csv", "店铺ID,店铺名称,店铺体系\ns5,云山茶业,微信小店\ns5,青禾,微信小店\n".to_owned()),
        ("e.yaml", "kind: LiveRoom\nid: e\nshop: s0\nscript: talk.md\n".to_owned()),
        ("talk.md", "加微信 abc12388\n".to_owned()),
    ];
    let inputs: Vec<Input> = texts
        .iter()
        .map(|(name, text)| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            let format = Format::of_path(&path);
            Input { name: (*name).to_owned(), source: InputSource::Path(path), format, explicit: false, material: None }
        })
        .filter(|input| input.format.is_some())
        .collect();
    let mut files: Vec<Arc<CheckedFile>> = inputs.iter().map(|input| Arc::new(engine.check_file(input))).collect();
    assert!(files[4].reads(&folder.path().join("talk.md")) && !files[0].reads(&folder.path().join("talk.md")));
    // Texts are changed one after another in the editor; each time all of it is what a run over the same texts finds.
    let mut contents = FileSystem::default();
    let edits =
        [(0, shop(0, "青禾") + &"\n".repeat(3)), (1, shop(0, "云山茶业")), (3, String::new()), (0, shop(9, "云山"))];
    for (number, text) in [None].into_iter().chain(edits.into_iter().map(Some)).map(|edit| edit.unzip()) {
        if let (Some(number), Some(text)) = (number, text) {
            let number: usize = number;
            contents.insert_text(inputs[number].path().unwrap().to_owned(), text);
            engine.replace_texts(contents.clone());
            files[number] = Arc::new(engine.check_file(&inputs[number]));
        }
        let mut kept: Vec<String> = files.iter().flat_map(|file| file.items()).map(shown).collect();
        engine.judge_files(&inputs, &files, &mut |item| kept.push(shown(&item)));
        let mut run = Vec::new();
        engine.run(&inputs, &Shower, &|_| {}, &mut |item| run.push(item));
        kept.sort();
        run.sort();
        assert!(run.len() > 3, "{run:?}");
        assert_eq!(kept, run);
    }
}
