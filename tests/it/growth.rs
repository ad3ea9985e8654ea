//! What input costs grows as the input does: of four times as much, at most five times the work.
//!
//! Time is that of this thread on a processor, whatever else the machine does.
#![cfg(target_os = "linux")]

use std::fmt::Write as _;

use chrono::NaiveDate;
use dianjian_document::tree::Format;
use dianjian_engine::{AsWritten, Engine, RunOptions};

use crate::runs::SHIPPED;

/// Nanoseconds that this thread has run.
fn cpu() -> u64 {
    // The system brings the figure up to date when the thread gives way.
    std::thread::yield_now();
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse().unwrap()
}

/// The least time that checking a text takes, of three measurements long enough to be exact.
fn cost(engine: &Engine<'_>, name: &str, text: &str, format: Format) -> f64 {
    let measured = || {
        let (before, mut times) = (cpu(), 0);
        loop {
            let _ = engine.check_text(name, text, format);
            times += 1;
            let spent = cpu() - before;
            if spent > 30_000_000 {
                return spent as f64 / f64::from(times);
            }
        }
    };
    (0..3).map(|_| measured()).fold(f64::INFINITY, f64::min)
}

/// A kind of input, its format, how much of it is checked, and the text of so much.
type Case = (&'static str, Format, usize, fn(usize) -> String);

fn repeated(count: usize, mut line: impl FnMut(usize, &mut String)) -> String {
    let mut text = String::new();
    (0..count).for_each(|number| line(number, &mut text));
    text
}

const SHOP: &str = "kind: Shop\nid: s\nsystem: weixin-store\n";

/// Cases that still grow with the square of the input, and the most that is put up with: every find in one text looks for its
/// place from the text's beginning, and writes the text anew to see whether its fix fits.
const STEEP: &[(&str, f64)] =
    &[("contacts in one script", 18.0), ("words in one name", 18.0), ("words in one escaped JSON name", 18.0)];

const CASES: &[Case] = &[
    ("contacts in one script", Format::Yaml, 100, |n| {
        let lines = repeated(n, |i, text| _ = writeln!(text, "  加我微信：wuli_tea{i}"));
        format!("kind: LiveRoom\nid: r\ntitle: 春茶\nscript: |\n{lines}")
    }),
    ("words in one name", Format::Yaml, 100, |n| format!("{SHOP}name: {}\n", "云山旗舰店".repeat(n))),
    ("words in one escaped JSON name", Format::Json, 100, |n| {
        format!(
            "{{\"kind\": \"Shop\", \"id\": \"s\", \"system\": \"weixin-store\", \"name\": \"{}\"}}",
            "\\u4e91\\u5c71\\u65d7\\u8230\\u5e97".repeat(n)
        )
    }),
    ("stacked comments", Format::Yaml, 300, |n| {
        let comments = repeated(n, |i, text| _ = writeln!(text, "# dianjian: ignore[naming/unique] -- 第 {i} 条"));
        format!("{comments}{SHOP}name: 云山茶业\n")
    }),
    ("suppressions", Format::Yaml, 300, |n| {
        repeated(n, |i, text| {
            _ = writeln!(text, "---\nkind: Shop\nid: s{i}\nname: 云山旗舰店 # dianjian: ignore[naming/*] -- 试");
        })
    }),
    ("unknown keys", Format::Yaml, 500, |n| {
        format!("{SHOP}{}", repeated(n, |i, text| _ = writeln!(text, "nmae{i}: x")))
    }),
    ("unknown headings", Format::Csv, 300, |n| {
        let headings = repeated(n, |i, text| _ = write!(text, ",栏目{i}"));
        format!("店铺编号,店铺名称,店铺类型{headings}\n1,云山茶业,微信小店{}\n", ",".repeat(n))
    }),
    ("records of a list", Format::Json, 300, |n| {
        let shops = repeated(n, |i, text| {
            _ = write!(
                text,
                "{}{{\"kind\": \"Shop\", \"id\": \"s{i}\", \"name\": \"云山旗舰店\"}}",
                if i > 0 { "," } else { "" }
            );
        });
        format!("[{shops}]")
    }),
    ("products of a shop", Format::Yaml, 300, |n| {
        format!("{SHOP}products:\n{}", repeated(n, |i, text| _ = writeln!(text, "- id: p{i}\n  title: 国家级茶")))
    }),
    ("one licence of many shops", Format::NdJson, 400, |n| {
        repeated(n, |i, text| {
            _ = writeln!(
                text,
                "{{\"kind\": \"Shop\", \"id\": \"s{i}\", \"name\": \"云山{i}\", \"subject\": {{\"licence\": \"91440300123456789K\"}}}}"
            );
        })
    }),
    ("references to nothing", Format::NdJson, 150, |n| {
        repeated(n, |i, text| {
            _ = writeln!(text, "{{\"kind\": \"Product\", \"id\": \"p{i}\", \"shop\": \"nobody\", \"title\": \"茶\"}}");
        })
    }),
    ("invisible characters", Format::Yaml, 2000, |n| format!("{SHOP}name: \"云{}山\"\n", "\u{200b}".repeat(n))),
    ("depth of quotes in a folded text", Format::Yaml, 500, |n| {
        format!("{SHOP}description: >\n{}", repeated(n, |i, text| _ = writeln!(text, "  第 {i} 行，国家级好茶")))
    }),
    ("anchors and aliases", Format::Yaml, 500, |n| {
        let many = repeated(n, |i, text| _ = writeln!(text, "- &a{i} {{id: p{i}, title: 茶}}\n- *a{i}"));
        format!("{SHOP}products:\n{many}")
    }),
    ("repeated keys", Format::Yaml, 500, |n| format!("{SHOP}{}", "name: 云山\n".repeat(n))),
];

/// So often a cost that seems to grow too fast is measured.
const TRIES: usize = 4;

#[test]
fn cost_grows_with_the_input() {
    let options = RunOptions::new(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap());
    let engine = Engine::new(&SHIPPED, &AsWritten, options);
    let _ = engine.check_text("warm.yaml", SHOP, Format::Yaml);
    let mut steep = Vec::new();
    for (what, format, count, text) in CASES {
        let cost = |count: usize| cost(&engine, "a", &text(count), *format);
        let known = STEEP.iter().find(|(steep, _)| steep == what);
        let most = known.map_or(5.0, |(_, most)| *most);
        // What else the machine does takes its caches: a cost that really grows too fast does so each time.
        let ratios = std::iter::repeat_with(|| {
            let (few, many) = (cost(*count), cost(count * 4));
            println!("{what}: {count} in {:.1} ms, {:.2} times for four times", few / 1e6, many / few);
            many / few
        });
        let ratios: Vec<f64> = ratios.take(TRIES).take_while(|ratio| *ratio > most).collect();
        if ratios.len() == TRIES {
            steep.push(format!("{what}: {ratios:.2?}"));
        }
    }
    assert!(steep.is_empty(), "{steep:#?}");
}
