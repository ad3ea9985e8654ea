//! Plans for large fleets: time, how it grows, and memory.
//!
//! `cargo bench --bench migrate` plans for 10,000, 30,000 and 100,000 legacy shops in one line-delimited file, writes
//! each plan, and prints seconds, microseconds a shop and the peak of memory. `THREADS=n` sets the number of workers
//! (default 2), `SHOPS=n` the size of the largest fleet.
#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, reason = "a benchmark")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use dianjian_document::source::{DiscoverOptions, discover};
use dianjian_engine::AsWritten;
use dianjian_migrate::planner::{PlanRequest, make_plan};
use dianjian_rules::PackBuilder;

/// A fleet of legacy shops of all sorts; many want names that others want too.
fn fleet(shops: usize) -> String {
    let systems = ["channels-store", "channels-store", "channels-store", "mini-store", "weixin-store"];
    let types = ["flagship", "exclusive", "ordinary-enterprise", "franchise", "sole-trader"];
    let (one, two) =
        (["云", "雾", "青", "白", "南", "安", "花", "山"], ["山", "里", "禾", "露", "枝", "澜", "源", "月"]);
    let goods = ["茶", "茶具", "瓷器", "母婴", "食品", "粉丝", "果蔬"];
    let mut out = String::new();
    for at in 0..shops {
        let pick = |of: &[&'static str], by: usize| of[(at / by) % of.len()];
        let (system, ty) = (pick(&systems, 1), pick(&types, 3));
        let brand = format!("{}{}{}", pick(&one, 5), pick(&two, 41), pick(&one, 331));
        let trade = format!("{}{}{}", pick(&two, 13), pick(&one, 53), pick(&two, 419));
        let word = match ty {
            "flagship" => "旗舰店",
            "exclusive" => "专卖店",
            "franchise" => "专营店",
            _ => "铺",
        };
        let grant = ["owner", "first", "second", "third"][(at / 7) % 4];
        let store_type = if system == "channels-store" { format!(",\"store_type\":\"{ty}\"") } else { String::new() };
        let _ = writeln!(
            out,
            "{{\"kind\":\"Shop\",\"id\":\"shop-{at}\",\"system\":\"{system}\",\"name\":\"{brand}{}{word}\"{store_type},\"status\":\"open_finished\",\"subject\":{{\"type\":\"enterprise\",\"name\":\"杭州{trade}商贸有限公司\"}},\"brand\":{{\"name\":\"{brand}\",\"grant\":\"{grant}\",\"valid_until\":\"2031-03-01\"}},\"main_category\":\"{}\",\"deposit\":{{\"paid\":2000,\"required\":{}}},\"alliance\":{{\"joined\":true}},\"score\":4.7,\"gmv\":{},\"customer_service\":\"wecom\",\"super_admin\":\"林{}\"}}",
            pick(&goods, 11),
            pick(&goods, 11),
            [1000, 2000, 5000][at % 3],
            20_000 + at,
            at % 500,
        );
    }
    out
}

/// The most memory that the process has had, in MiB.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib / 1024)
}

fn main() {
    let number =
        |name: &str, usual: usize| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (threads, most) = (number("THREADS", 2), number("SHOPS", 100_000));
    let (pack, problems) = PackBuilder::default().shipped().build();
    assert!(problems.is_empty(), "the shipped pack is in order");
    let day = "2026-11-22".parse().expect("a day");
    let folder = tempfile::tempdir().expect("a folder");
    for shops in [most / 10, most * 3 / 10, most] {
        let path = folder.path().join("fleet.ndjson");
        let text = fleet(shops);
        fs::write(&path, &text).expect("written");
        drop(text);
        let (inputs, errors) = discover(&[path.display().to_string()], &DiscoverOptions::default());
        assert!(errors.is_empty(), "the fleet is there");
        let begun = Instant::now();
        let request = PlanRequest {
            pack: &pack,
            policy: &AsWritten,
            as_of: day,
            cutover: day,
            per_day: Some(500),
            decisions: None,
            roots: &[],
            system: None,
            base: Path::new(""),
            threads,
        };
        let planned = make_plan(request, &inputs, &|_| {}).expect("a plan");
        let made = begun.elapsed();
        let out = fs::File::create(folder.path().join("plan.json")).expect("made");
        let mut out = std::io::BufWriter::new(out);
        planned.plan.write(&mut out).expect("written");
        std::io::Write::flush(&mut out).expect("written");
        let all = begun.elapsed();
        let bytes = fs::metadata(folder.path().join("plan.json")).map_or(0, |data| data.len());
        println!(
            "{shops:>7} shops: {:>6.2} s ({:.2} s of it writing {} MB), {:.0} µs a shop, peak {} MiB",
            all.as_secs_f64(),
            (all - made).as_secs_f64(),
            bytes / 1_000_000,
            all.as_secs_f64() * 1e6 / shops as f64,
            peak().unwrap_or_default()
        );
    }
}
