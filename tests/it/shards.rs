//! Shares of a run: merged they are the run, byte for byte; what is no share of it is refused by name.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use dianjian_base::in_order::ForEach;
use dianjian_base::lang::Lang;
use dianjian_document::source::{DiscoverOptions, Discovered, Input, Limits, discover};
use dianjian_engine::shards::{InputSizes, PartialSet, Shard};
use dianjian_engine::{AsWritten, Engine, Finding, Problem, Render, RunOptions, RunTotals, Summary, Tuning};
use dianjian_report::{DisplayOptions, FormatName, Rendered, Renderer, ReportWriter, Reports, RunInfo, format};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::folder::{Folder, Ran, copy};
use crate::runs::{SHIPPED, shard_header};

pub(crate) fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

/// Writes to a text that stays.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) struct AllFormats(Renderer);

impl Render for AllFormats {
    type Out = (Option<dianjian_rules::language::Severity>, Rendered);

    fn finding(&self, finding: Finding) -> Self::Out {
        (Some(finding.severity), self.0.finding(&finding))
    }

    fn problem(&self, problem: Problem) -> Self::Out {
        (None, self.0.problem(&problem))
    }
}

/// What a run says in every format that is a text.
pub(crate) fn reports(
    lang: Lang,
    run: impl FnOnce(&AllFormats, &mut dyn FnMut(<AllFormats as Render>::Out)) -> RunTotals,
) -> Vec<String> {
    let infos = SHIPPED.rules.iter().map(|rule| Arc::clone(&rule.info)).collect();
    let formats = [
        FormatName::Pretty,
        FormatName::Short,
        FormatName::Json,
        FormatName::Sarif,
        FormatName::Junit,
        FormatName::Github,
        FormatName::Gitlab,
        FormatName::Markdown,
    ];
    let kept: Vec<Kept> = formats.iter().map(|_| Kept::default()).collect();
    let writer = |(name, out): (&FormatName, &Kept)| {
        ReportWriter::to(format(*name, DisplayOptions::plain()), Box::new(out.clone()))
    };
    let mut reports = Reports::new(RunInfo::new(day(), lang, infos), formats.iter().zip(&kept).map(writer).collect());
    let mut summary = Summary::default();
    let render = AllFormats(reports.renderer());
    let totals = run(&render, &mut |(severity, rendered)| {
        summary.errors += usize::from(severity.is_some());
        summary.problems += usize::from(severity.is_none());
        reports.write(&rendered);
    });
    assert!(totals.complete);
    (summary.files, summary.records, summary.suppressed) = (totals.files, totals.records, totals.counts.suppressed);
    (summary.addresses, summary.nothing_to_check) = (totals.counts.addresses, totals.counts.nothing_to_check);
    reports.finish(&summary).unwrap();
    kept.iter().map(|kept| String::from_utf8(kept.0.lock().unwrap().clone()).unwrap()).collect()
}

/// How a run is made.
#[derive(Debug, Clone, Copy)]
struct How {
    lang: Lang,
    threads: usize,
    chunk_bytes: usize,
    memory: usize,
}

impl How {
    fn engine(self) -> Engine<'static> {
        let mut options = RunOptions::new(day());
        let How { threads, chunk_bytes, memory, .. } = self;
        options.tuning = Tuning { threads, chunk_bytes, memory, whole_bytes: 200 };
        options.policy.limits = Limits { line_bytes: 3000, ..Limits::default() };
        Engine::new(&SHIPPED, &AsWritten, options)
    }

    fn whole(self, inputs: &[Input]) -> Vec<String> {
        let engine = self.engine();
        reports(self.lang, |render, sink| engine.run(inputs, render, &|_| {}, sink))
    }

    fn share(self, inputs: &[Input], share: Shard, path: &Path) {
        let (engine, sizes) = (self.engine(), InputSizes::of(inputs));
        let header = shard_header(&SHIPPED, day(), (inputs, &sizes), self.chunk_bytes, share);
        let shared = engine.check_shard((inputs, &sizes), &header, &[], path, &|_| {}, &mut || true).unwrap();
        assert!(shared.complete);
    }

    fn merged(self, partials: &[PathBuf]) -> Vec<String> {
        let (engine, parts) = (self.engine(), PartialSet::open(partials).unwrap());
        reports(self.lang, |render, sink| engine.merge(&parts, render, &|_| {}, &mut ForEach(sink)))
    }
}

/// A line of a made-up fleet.
fn line() -> impl Strategy<Value = String> {
    let shop = (0..12_u32, 0..4_u32, 0..6_usize, 0..300_usize, any::<bool>()).prop_map(|(id, owner, name, pad, legacy)| {
        let name = ["云山茶业", "晴川旗舰店", "国家级优选", "", "云山茶业", "v信同号店"][name];
        let licence = ["91440300MA5F0XYZ1X", "91440300100000000X", "9.14403E+17", "91440300123456789K"][owner as usize];
        let system = if legacy { "channels-store" } else { "weixin-store" };
        format!(
            r#"{{"kind":"Shop","id":"shop-{id}","system":"{system}","name":"{name}","subject":{{"type":"enterprise","name":"深圳{name}有限公司","licence":"{licence}"}},"description":"{}"}}"#,
            "茶".repeat(pad)
        )
    });
    let room = (0..20_u32, 0..14_u32).prop_map(|(id, shop)| {
        format!(r#"{{"kind":"LiveRoom","id":"room-{id}","shop":"shop-{shop}","title":"春茶专场 加微信"}}"#)
    });
    prop_oneof![
        6 => shop,
        2 => room,
        1 => Just(r#"{"kind":"Shop","id":"#.to_owned()),
        1 => Just(String::new()),
        1 => Just("\u{feff}{}".to_owned()),
        1 => (2900_usize..3200).prop_map(|length| format!(r#"{{"kind":"Shop","name":"{}"}}"#, "x".repeat(length))),
    ]
}

/// A file of a made-up fleet: its extension and content.
fn file() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let lines = (prop::collection::vec(line(), 0..25), any::<bool>(), any::<bool>()).prop_map(|(lines, end, bad)| {
        let mut bytes = lines.join("\n").into_bytes();
        bytes.extend(end.then_some(b'\n'));
        if bad && let Some(middle) = bytes.len().checked_div(2).and_then(|middle| bytes.get_mut(middle)) {
            *middle = 0xff;
        }
        ("ndjson", bytes)
    });
    let yaml = (0..9_u32, 0..5_usize).prop_map(|(id, what)| {
        let tail = [
            "name: 云山旗舰店 # dianjian: ignore[naming/*] -- 注册商标\n",
            "name: 云山茶业 # dianjian: ignore[naming/unique] -- 没有用到\n",
            "name: 云山茶业\nnmae: x\n",
            "name: [云山\n",
            "name: 云山茶业\n---\nkind: LiveRoom\nid: r\nshop: nobody\n",
        ][what];
        ("yaml", format!("kind: Shop\nid: shop-{id}\nsystem: weixin-store\n{tail}").into_bytes())
    });
    let csv = prop::collection::vec((0..9_u32, any::<bool>()), 0..12).prop_map(|rows| {
        let mut text = "店铺编号,店铺名称,备注\n".to_owned();
        for (id, quoted) in rows {
            let _ = writeln!(text, "shop-{id},云山旗舰店{id},{}", if quoted { "\"一行\n\"\"两行\"\"\"" } else { "无" });
        }
        ("csv", text.into_bytes())
    });
    let list = (prop::collection::vec(line(), 0..25), any::<bool>()).prop_map(|(lines, is_wrapped)| {
        let whole = |line: &String| line.starts_with('{') && line.ends_with('}');
        let list = format!("[{}]", lines.into_iter().filter(whole).collect::<Vec<_>>().join(",\n"));
        let wrapped = || format!(r#"{{"code":0,"data":{{"list":{list},"total":1}}}}"#);
        ("json", if is_wrapped { wrapped() } else { list.clone() }.into_bytes())
    });
    prop_oneof![4 => lines, 2 => yaml, 1 => csv, 2 => list, 1 => Just(("json", b"[]".to_vec()))]
}

fn fleet(files: &[(&str, Vec<u8>)]) -> (TempDir, Vec<Input>) {
    let folder = tempfile::tempdir().unwrap();
    for (number, (extension, bytes)) in files.iter().enumerate() {
        fs::write(folder.path().join(format!("{number:02}.{extension}")), bytes).unwrap();
    }
    let args = [folder.path().display().to_string()];
    let Discovered { inputs, errors: problems, .. } = discover(&args, &DiscoverOptions::default());
    assert!(problems.is_empty());
    (folder, inputs)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn merged_shares_are_the_run(
        files in prop::collection::vec(file(), 1..6),
        of in 1_u32..6,
        chunk_bytes in prop::sample::select(vec![64_usize, 300, 1000, 1 << 20]),
        memory in prop::sample::select(vec![64_usize, 4000, 1 << 20]),
        threads in prop::sample::select(vec![1_usize, 2, 3, 8]),
        lang in prop::sample::select(vec![Lang::Zh, Lang::En]),
    ) {
        let (_folder, inputs) = fleet(&files);
        let how = How { lang, threads, chunk_bytes, memory };
        let whole = How { threads: 2, memory: 1 << 30, ..how }.whole(&inputs);
        // What goes to disk, and how many threads there are, makes no difference.
        prop_assert_eq!(&how.whole(&inputs), &whole);
        let out = tempfile::tempdir().unwrap();
        let partials: Vec<PathBuf> = (1..=of).map(|number| out.path().join(format!("{number}.partial"))).collect();
        for (number, path) in (1..=of).zip(&partials) {
            how.share(&inputs, Shard { number, of }, path);
        }
        // Nothing of the inputs is needed any more.
        for input in &inputs {
            fs::remove_file(input.path().unwrap()).unwrap();
        }
        let merged = how.merged(&partials);
        for (merged, whole) in merged.iter().zip(&whole) {
            prop_assert_eq!(merged, whole);
        }
    }
}

impl Folder {
    /// Files that are there, but for those that were before.
    fn files(&self) -> Vec<String> {
        let names = fs::read_dir(self.path("")).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        names
    }

    /// A small fleet in all formats.
    fn with_fleet() -> Self {
        let folder = Self::new();
        let mut lines = String::new();
        for number in 0..400 {
            let _ = writeln!(
                lines,
                r#"{{"kind":"Shop","id":"shop-{number}","system":"weixin-store","name":"云山{number}{}","subject":{{"type":"enterprise","licence":"91440300MA5F0XYZ1X"}}}}"#,
                if number % 50 == 7 { "旗舰店" } else { "号" },
            );
        }
        folder.write("shops.ndjson", lines);
        folder.write(
            "a.yaml",
            "kind: Shop\nid: shop-3\nsystem: weixin-store\nname: 云山茶业 # dianjian: ignore[naming/*] -- 没有用到\n",
        );
        folder.write("z.yaml", "kind: LiveRoom\nid: r\nshop: shop-398\ntitle: 加微信领红包\n");
        folder
    }

    fn shares(&self, of: u32) -> Vec<String> {
        let names: Vec<String> = (1..=of).map(|number| format!("dianjian-{number}-of-{of}.partial")).collect();
        for number in 1..=of {
            let ran =
                self.run(&["check", "a.yaml", "shops.ndjson", "z.yaml", AS_OF, "--shard", &format!("{number}/{of}")]);
            assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
        }
        names
    }

    fn merge(&self, partials: &[String], args: &[&str]) -> Ran {
        let mut all = vec!["merge"];
        all.extend(partials.iter().map(String::as_str));
        all.extend(args);
        self.run(&all)
    }
}

const AS_OF: &str = "--as-of=2026-11-22";
const OUTPUTS: [&str; 7] = ["json", "sarif", "junit", "github", "gitlab", "markdown", "short"];

/// What a command writes in all formats.
fn written(folder: &Folder, command: &[&str], lang: &str) -> (Ran, BTreeMap<&'static str, Vec<u8>>) {
    let outputs: Vec<String> = OUTPUTS.iter().map(|format| format!("{format}=out.{format}")).collect();
    let mut args = command.to_vec();
    outputs.iter().for_each(|output| args.extend(["-o", output]));
    args.extend(["--lang", lang]);
    let ran = folder.run(&args);
    (ran, OUTPUTS.iter().map(|format| (*format, fs::read(folder.path(&format!("out.{format}"))).unwrap())).collect())
}

#[test]
fn the_samples_in_shares_are_the_samples() {
    let folder = Folder::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    copy(&samples, &folder.path("samples"));
    let whole = ["zh", "en"].map(|lang| written(&folder, &["check", "samples", AS_OF], lang));
    let names = ["1.partial", "2.partial", "3.partial"];
    for (number, name) in names.iter().enumerate() {
        let share = format!("{}/3", number + 1);
        let ran = folder.run(&["check", "samples", AS_OF, "--shard", &share, "--partial", name]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    fs::remove_dir_all(folder.path("samples")).unwrap();
    for (lang, (ran, files)) in ["zh", "en"].into_iter().zip(whole) {
        let (merged, merged_files) = written(&folder, &["merge", names[2], names[0], names[1]], lang);
        assert_eq!((merged.code, merged.out), (ran.code, ran.out));
        assert_eq!(merged_files, files);
    }
}

#[test]
fn exports_are_completed_though_their_folders_are_gone() {
    let folder = Folder::new();
    for (shop, name) in [("a", "云山茶业"), ("b", "云山茶具"), ("c", "云山旗舰店")] {
        let info = format!(
            r#"{{"errcode":0,"errmsg":"ok","info":{{"nickname":"{name}","subject_type":"企业","username":"gh_{shop}"}}}}"#
        );
        folder.write(&format!("all/{shop}/info.json"), info);
        folder.write(
            &format!("all/{shop}/live/rooms.json"),
            r#"{"errcode":0,"live_list":[{"export_id":"e","description":"加微信 yunshan888"}]}"#,
        );
    }
    folder.write(
        "all/dianjian-shop.yaml",
        "system: weixin-store\nsubject: {licence: 91440300MA5F0XYZ1X, name: 深圳云山茶业有限公司}\nbrand: {name: 云山, grant: second, mark: authorised}\n",
    );
    for (root, name) in [("all", "all"), (".", ".")] {
        let (run, whole) = written(&folder, &["check", root, AS_OF], "zh");
        assert!(run.out.contains("brand/authorised-limit"), "{}", run.out);
        let partials: Vec<String> = (1..=3).map(|number| format!("{number}.partial")).collect();
        for (partial, number) in partials.iter().zip(1..) {
            let share = format!("{number}/3");
            let ran = folder.run(&["check", name, AS_OF, "--shard", &share, "--partial", partial]);
            assert_eq!(ran.code, 0, "{}", ran.err);
        }
        let gone = folder.path("gone");
        fs::rename(folder.path("all"), &gone).unwrap();
        let mut merge = vec!["merge"];
        merge.extend(partials.iter().map(String::as_str));
        let (merged, parts) = written(&folder, &merge, "zh");
        assert_eq!((merged.code, &merged.out), (run.code, &run.out));
        assert_eq!(parts, whole);
        fs::rename(gone, folder.path("all")).unwrap();
        partials.iter().for_each(|partial| fs::remove_file(folder.path(partial)).unwrap());
    }
}

#[test]
fn baselines_and_exit_statuses_are_those_of_the_run() {
    let folder = Folder::with_fleet();
    let inputs = ["a.yaml", "shops.ndjson", "z.yaml"];
    let check = |args: &[&str]| folder.run(&[&["check"], &inputs[..], &[AS_OF, "--lang", "en"], args].concat());
    check(&["--accept", "--baseline", "known.json"]);
    // One that no longer occurs, and findings that are new.
    let known = fs::read_to_string(folder.path("known.json")).unwrap();
    let mut lines: Vec<String> = known.lines().map(str::to_owned).collect();
    lines[3] = lines[3].replace("\"fingerprint\": \"", "\"fingerprint\": \"00");
    folder.write("known.json", lines.join("\n"));
    let partials = folder.shares(3);
    for args in [
        &["--baseline", "known.json"][..],
        &["--baseline", "known.json", "--fail-on", "never"],
        &["--baseline", "known.json", "--fail-on", "info"],
        &["--format", "json"],
    ] {
        let (whole, merged) = (check(args), folder.merge(&partials, &[args, &["--lang", "en"]].concat()));
        assert_eq!((merged.code, merged.out), (whole.code, whole.out), "{args:?}");
        assert_eq!(merged.err, whole.err);
    }
    let whole = check(&["--baseline", "known.json", "--update-baseline", "-q"]);
    let shrunk = fs::read(folder.path("known.json")).unwrap();
    folder.write("known.json", lines.join("\n"));
    let merged = folder.merge(&partials, &["--baseline", "known.json", "--update-baseline", "-q", "--lang", "en"]);
    assert_eq!((merged.code, merged.err), (whole.code, whole.err));
    assert_eq!(fs::read(folder.path("known.json")).unwrap(), shrunk);
}

#[test]
fn inputs_that_are_missing_are_told_once() {
    let folder = Folder::with_fleet();
    let args = ["a.yaml", "nowhere.yaml", "*.toml", AS_OF, "--lang", "zh"];
    let whole = folder.run(&[&["check"], &args[..]].concat());
    for share in ["1/2", "2/2"] {
        folder.run(&[&["check"], &args[..], &["--shard", share]].concat());
    }
    let merged = folder.run(&["merge", "dianjian-1-of-2.partial", "dianjian-2-of-2.partial", "--lang", "zh"]);
    assert_eq!((merged.code, merged.out), (2, whole.out));
}

#[test]
fn what_is_no_share_of_the_run_is_named() {
    let folder = Folder::with_fleet();
    let partials = folder.shares(3);
    let refused = |partials: &[&str], args: &[&str], why: &str| {
        let partials: Vec<String> = partials.iter().map(|name| (*name).to_owned()).collect();
        let ran = folder.merge(&partials, &[args, &["--lang", "en"]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{why}");
        assert!(ran.err.contains(why), "{} where {why}", ran.err);
        let zh = folder.merge(&partials, &[args, &["--lang", "zh"]].concat());
        assert!(zh.err.starts_with("错误："), "{}", zh.err);
    };
    let [one, two, three] = [&*partials[0], &*partials[1], &*partials[2]];
    refused(&[one, three], &[], "share 2/3 is missing");
    refused(&[one, two, three, two], &[], "are both share 2/3");
    refused(&[one, "a.yaml", three], &[], "a.yaml is not a partial result");
    refused(&[one, "nowhere.partial", three], &[], "nowhere.partial: ");
    refused(&[one, two, three], &["--param", "limits/weixin-stores.limit=3"], "was made with other rules");
    folder.write("other.yaml", "severity: {naming/length: info}\n");
    refused(&[one, two, three], &["--config", "other.yaml"], "was made with other configuration");
    // Of other runs.
    let share = |args: &[&str]| {
        let fixed = ["check", "--shard", "2/3", "--partial", "other.partial"];
        assert_eq!(folder.run(&[&fixed[..], args].concat()).code, 0);
    };
    share(&["a.yaml", "shops.ndjson", "z.yaml", "--as-of=2026-11-23"]);
    refused(&[one, "other.partial", three], &[], "days of the check");
    share(&["a.yaml", "shops.ndjson", AS_OF]);
    refused(&[one, "other.partial", three], &[], "inputs, from `z.yaml` on");
    share(&["a.yaml", "shops.ndjson", "z.yaml", AS_OF, "--only", "naming/*"]);
    refused(&[one, "other.partial", three], &[], "--only");
    let longer = format!("{}\n", fs::read_to_string(folder.path("shops.ndjson")).unwrap());
    folder.write("shops.ndjson", longer);
    share(&["a.yaml", "shops.ndjson", "z.yaml", AS_OF]);
    refused(&[one, "other.partial", three], &[], "inputs, from `shops.ndjson` on");
}

#[test]
fn not_one_byte_may_be_another() {
    let folder = Folder::with_fleet();
    let partials = folder.shares(2);
    let bytes = fs::read(folder.path(&partials[1])).unwrap();
    let open = |bytes: &[u8]| {
        folder.write("broken.partial", bytes);
        PartialSet::open(&[folder.path(&partials[0]), folder.path("broken.partial")])
    };
    assert!(open(&bytes).is_ok());
    for end in (0..bytes.len()).step_by(bytes.len() / 97 + 1).chain([1, bytes.len() - 1]) {
        let error = open(&bytes[..end]).unwrap_err().to_string();
        assert!(error.contains("broken.partial"), "{end}: {error}");
    }
    for at in (0..bytes.len()).step_by(bytes.len() / 301 + 1).chain([0, bytes.len() - 9]) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x20;
        let error = open(&changed).unwrap_err().to_string();
        assert!(error.contains("broken.partial"), "{at}: {error}");
    }
    let newer = String::from_utf8_lossy(&bytes[..24]).replace("\":7,", "\":8,");
    let error = open(&[newer.as_bytes(), &bytes[24..]].concat()).unwrap_err().to_string();
    assert!(error.contains("version 8"), "{error}");
}

#[test]
fn a_share_stands_alone() {
    let folder = Folder::with_fleet();
    for (args, why) in [
        (&["--shard", "0/3"][..], "2/4"),
        (&["--shard", "4/3"], "2/4"),
        (&["--shard", "1/2", "--fix"], "--fix"),
        (&["--shard", "1/2", "--format", "json"], "--format"),
        (&["--partial", "x"], "--shard"),
        (&["-", "--shard", "1/2"], "--shard and - do not go together"),
    ] {
        let ran = folder.run(&[&["check", "--lang", "en"], args].concat());
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.err.contains(why), "{args:?}: {}", ran.err);
    }
    folder.write("dianjian.yaml", "params: {limits/nothing: {limit: 1}}\n");
    let ran = folder.run(&["check", "--lang", "en", "--shard", "1/2"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("limits/nothing") && !folder.path("dianjian-1-of-2.partial").exists(), "{}", ran.err);
}

#[test]
fn what_cannot_be_kept_on_disk_is_a_problem() {
    let folder = Folder::new();
    let mut lines = String::new();
    for number in 0..30_000 {
        let licence = 100_000_000 + number;
        let _ = writeln!(
            lines,
            r#"{{"kind":"Shop","id":"s{number}","system":"weixin-store","name":"云山{number}号","subject":{{"licence":"91440300{licence}X"}}}}"#
        );
    }
    folder.write("shops.ndjson", lines);
    let mut command =
        folder.command(&["check", "shops.ndjson", AS_OF, "--lang", "en", "--memory", "1", "--format", "short"]);
    let ran = command.env("TMPDIR", folder.path("nowhere")).output().unwrap();
    let out = String::from_utf8(ran.stdout).unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert!(
        out.contains("cannot keep on disk what rules over all records need"),
        "{}",
        &out[out.len().saturating_sub(400)..]
    );
    // With room, the same as in memory.
    let spilled = folder.run(&["check", "shops.ndjson", AS_OF, "--memory", "1"]);
    let held = folder.run(&["check", "shops.ndjson", AS_OF, "--memory", "1000"]);
    assert_eq!((spilled.code, spilled.out), (held.code, held.out));
}

/// A run over a pipe that is fed for as long as it wants more; once it has read well beyond what a pipe holds, it is
/// told through the channel.
#[cfg(unix)]
fn fed(folder: &Folder, args: &[&str]) -> (Child, std::thread::JoinHandle<()>, mpsc::Receiver<()>) {
    let pipe = folder.path("endless.ndjson");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let child = folder
        .command(&[&["check", "endless.ndjson", AS_OF, "--lang", "en"], args].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (running, runs) = mpsc::channel();
    let feeder = std::thread::spawn(move || {
        let mut to = fs::File::options().write(true).open(pipe).unwrap();
        for number in 0_u64.. {
            let line = format!(
                "{{\"kind\":\"Shop\",\"id\":\"s{number}\",\"system\":\"weixin-store\",\"name\":\"云山{number}旗舰店\",\"description\":\"{}\"}}\n",
                "茶".repeat(300)
            );
            if to.write_all(line.as_bytes()).is_err() {
                return;
            }
            if number == 5_000 {
                let _ = running.send(());
            }
        }
    });
    (child, feeder, runs)
}

fn ends_within(child: &mut Child, time: Duration) -> std::process::ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if begun.elapsed() > time {
            child.kill().unwrap();
            panic!("it goes on");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(unix)]
#[test]
fn first_findings_come_early_and_nobody_left_to_read_ends_it() {
    let folder = Folder::new();
    let (mut child, feeder, _) = fed(&folder, &["--format", "short"]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    // The input has no end, so what comes comes early.
    out.read_line(&mut first).unwrap();
    assert!(first.starts_with("endless.ndjson:1:"), "{first}");
    drop(out);
    ends_within(&mut child, Duration::from_secs(60));
    feeder.join().unwrap();
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_nothing_half_written() {
    // What an earlier run wrote: anything else is not replaced at all.
    const EARLIER: &str = "{\"version\":1,\"as_of\":\"2026-11-21\"}";
    for args in [&["-o", "json=report.json"][..], &["--shard", "1/1"]] {
        let folder = Folder::new();
        folder.write("report.json", EARLIER);
        let (mut child, feeder, runs) = fed(&folder, args);
        runs.recv_timeout(Duration::from_secs(60)).unwrap();
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let status = ends_within(&mut child, Duration::from_secs(30));
        assert_eq!(status.code(), Some(130), "{args:?}");
        feeder.join().unwrap();
        assert_eq!(fs::read_to_string(folder.path("report.json")).unwrap(), EARLIER);
        let files = folder.files();
        assert!(files.iter().all(|name| ["endless.ndjson", "report.json", ".cache"].contains(&&**name)), "{files:?}");
    }
}
