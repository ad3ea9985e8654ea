//! Long lists in JSON files, line-delimited standard input and long scripts: what is read piece by piece says what the whole says.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::Stdio;

use corpus::Fleet;
use dianjian_base::lang::Lang;
use dianjian_document::source::{DiscoverOptions, Input, discover};
use dianjian_engine::{AsWritten, Engine, RunOptions, Tuning};
use proptest::prelude::*;

use crate::folder::Folder;
use crate::runs::SHIPPED;
use crate::shards::{day, reports};

/// The forms in which records lie in a list.
fn list(records: &[String], form: usize) -> String {
    let indented = |record: &String| {
        let value: serde_json::Value = serde_json::from_str(record).unwrap();
        serde_json::to_string_pretty(&value).unwrap()
    };
    match form {
        0 => format!("[{}]", records.join(",")),
        1 => format!("[\n{}\n]\n", records.join(",\n")),
        2 => format!("[\n{}\n]\n", records.iter().map(indented).collect::<Vec<_>>().join(",\r\n")),
        3 => format!(r#"{{"code": 0, "data": {{"list": [ {} ], "total": 3}}}}"#, records.join(" , ")),
        _ => format!("\u{feff}{{\"message\": \"ok\",\n\"records\":\n[{}]}}", records.join("\n,")),
    }
}

/// What all reports but the one for people say. In that one, labels of other records are drawn in one excerpt where they are
/// near and in the same text.
fn read(inputs: &[Input], whole_bytes: u64, chunk_bytes: usize) -> Vec<String> {
    let mut options = RunOptions::new(day());
    options.tuning = Tuning { threads: 2, chunk_bytes, whole_bytes, ..Tuning::default() };
    let engine = Engine::new(&SHIPPED, &AsWritten, options);
    let mut said = reports(Lang::Zh, |render, sink| engine.run(inputs, render, &|_| {}, sink));
    said.remove(0);
    said
}

fn inputs(folder: &Folder) -> Vec<Input> {
    discover(&[folder.path("list.json").display().to_string()], &DiscoverOptions::default()).inputs
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_list_read_in_pieces_says_what_it_says_whole(
        first in 0_usize..5000,
        count in 2_usize..30,
        form in 0_usize..5,
        chunk_bytes in 64_usize..4000,
        odd in prop::sample::select(vec!["", "null", "17", "\"茶\"", "[1, 2]", "{\"a\": 1}", "{\"kind\": \"Shp\", \"id\": \"x\"}"]),
        at in any::<prop::sample::Index>(),
    ) {
        let (fleet, mut records) = (Fleet::new(7), Vec::new());
        for number in first..first + count {
            let mut line = String::new();
            fleet.json_line(number, &mut line);
            records.push(line.trim().to_owned());
        }
        if !odd.is_empty() {
            records.insert(at.index(count + 1), odd.to_owned());
        }
        let folder = Folder::with(&[("list.json", &list(&records, form))]);
        let inputs = inputs(&folder);
        let (whole, pieces) = (read(&inputs, u64::MAX, 1 << 20), read(&inputs, 0, chunk_bytes));
        if !odd.is_empty() {
            // Whether a file is ours is known at its end, and what nothing reads in it is reported then.
            let sorted = |said: &[String]| said.first().map(|short| short.lines().map(str::to_owned).collect::<BTreeSet<_>>());
            prop_assert_eq!(sorted(&whole), sorted(&pieces));
            return Ok(());
        }
        for (whole, pieces) in whole.iter().zip(&pieces) {
            prop_assert_eq!(whole, pieces);
        }
    }

    #[test]
    fn a_broken_list_has_the_same_problem(
        count in 3_usize..12,
        form in 0_usize..5,
        at in 0.02_f64..1.0,
        what in prop::sample::select(vec!["", ",", "]", "}", "\"", "//", "{"]),
        is_cut in any::<bool>(),
    ) {
        let (fleet, mut records) = (Fleet::shops(9), Vec::new());
        for number in 0..count {
            let mut line = String::new();
            fleet.json_line(number, &mut line);
            records.push(line.trim().to_owned());
        }
        let text = list(&records, form);
        let cut = text.floor_char_boundary((text.len() as f64 * at) as usize);
        let broken = format!("{}{what}{}", &text[..cut], if is_cut { "" } else { &text[cut..] });
        let folder = Folder::with(&[("list.json", &broken)]);
        let inputs = inputs(&folder);
        prop_assert_eq!(read(&inputs, u64::MAX, 1 << 20), read(&inputs, 0, 100));
    }
}

/// Shops of which every thousandth breaks a rule, one a line.
fn shops(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| {
        let name = if number % 1000 == 7 { format!("云山国家级茶业{number}") } else { format!("云山茶业{number}") };
        let description = "明前春茶，手工采摘，当天炒制，产地直发。".repeat(80);
        format!(
            r#"{{"kind": "Shop", "id": "s{number}", "system": "weixin-store", "name": "{name}", "description": "{description}"}}"#
        )
    })
}

/// A rule that the names of some shops break.
fn write_rule(folder: &Folder) {
    folder.write_rule("calls", "{at: name, lacks: {words: [国家级]}}", "{remove: found, applicability: safe}");
}

/// The rules and lines of a report in the format `short`, and the peak of memory in MiB.
#[cfg(target_os = "linux")]
fn found(folder: &Folder, args: &[&str], input: Option<std::fs::File>) -> (BTreeSet<String>, u64) {
    // The command waits for more of its input while its memory is looked up.
    let mut command = folder.command(
        &[&["check", "--rules", "house", "--format", "short", "--as-of", "2026-11-22", "--lang", "en"], args].concat(),
    );
    let mut child = command.stdin(input.map_or(Stdio::null(), Stdio::from)).stdout(Stdio::piped()).spawn().unwrap();
    let (status, mut peak) = (format!("/proc/{}/status", child.id()), 0);
    let mut out = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || std::io::read_to_string(&mut out).unwrap());
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(peak);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let out = reader.join().unwrap();
    (out.lines().filter(|line| line.contains(": error[")).map(str::to_owned).collect(), peak / 1024)
}

#[test]
#[cfg(target_os = "linux")]
fn a_long_list_takes_little_memory() {
    let folder = Folder::new();
    write_rule(&folder);
    let (mut array, mut lines) = (String::from("["), String::new());
    for (number, shop) in shops(9000).enumerate() {
        let _ = write!(array, "{}\n{shop}", if number > 0 { "," } else { "" });
        let _ = write!(lines, "\n{shop}");
    }
    array.push_str("\n]\n");
    // The same lines at the same numbers.
    let lines = format!("{}\n", lines);
    assert!(array.len() > 36 << 20, "{}", array.len());
    folder.write("list.json", &array);
    folder.write("lines.ndjson", &lines);
    let (by_list, memory) = found(&folder, &["list.json"], None);
    let (by_lines, _) = found(&folder, &["lines.ndjson"], None);
    assert!(by_list.len() >= 9, "{by_list:?}");
    assert!(memory < 200, "{memory} MiB");
    let bare = |found: BTreeSet<String>, name: &str| -> BTreeSet<String> {
        found.into_iter().map(|line| line.replace(name, "")).collect()
    };
    let from = |name: &str| std::fs::File::open(folder.path(name)).unwrap();
    let (by_stdin, memory) = found(&folder, &["-", "--stdin-name", "x.ndjson"], Some(from("lines.ndjson")));
    assert!(memory < 200, "{memory} MiB");
    let (unnamed, _) = found(&folder, &["-"], Some(from("lines.ndjson")));
    let (list_stdin, memory) = found(&folder, &["-", "--stdin-name", "x.json"], Some(from("list.json")));
    assert!(memory < 200, "{memory} MiB");
    let by_lines = bare(by_lines, "lines.ndjson");
    assert_eq!(bare(by_list, "list.json"), by_lines);
    assert_eq!(bare(by_stdin, "x.ndjson"), by_lines);
    assert_eq!(bare(unnamed, "<stdin>"), by_lines);
    assert_eq!(bare(list_stdin, "x.json"), by_lines);
}

#[test]
fn a_long_list_is_fixed() {
    let folder = Folder::new();
    write_rule(&folder);
    let records: Vec<String> = shops(1500).collect();
    folder.write("list.json", list(&records, 1));
    let ran = folder.run(&["check", "list.json", "--rules", "house", "--only", "house/*", "--fix"]);
    let after = folder.read("list.json");
    assert!(after.len() > 4 << 20);
    assert_eq!((after.matches("国家级").count(), after.matches("云山茶业").count()), (0, 1500), "{}", ran.shown());
}

#[test]
fn a_script_of_any_length_is_read() {
    let folder = Folder::new();
    folder.write("room.yaml", "kind: LiveRoom\nid: r\ntitle: 春茶专场\nshop: s\nscript: script.txt\n");
    let line = "今天给大家介绍一下我们家的春茶，香气清高，回味甘甜。\n";
    let mut script = line.repeat((9 << 20) / line.len());
    let before = script.lines().count();
    script.push_str("想要的加我微信：wuli_tea88\n");
    script.push_str(&line.repeat(50_000));
    folder.write("script.txt", &script);
    let ran = folder.run(&["check", "room.yaml", "--format", "short", "--as-of", "2026-11-22", "--lang", "en"]);
    let place = format!("script.txt:{}:", before + 1);
    assert!(ran.out.lines().any(|line| line.starts_with(&place) && line.contains("live/")), "{}", ran.shown());
    assert!(!ran.out.contains("bytes"), "{}", ran.shown());
}
