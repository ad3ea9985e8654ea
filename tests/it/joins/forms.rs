//! Forms of the rule language over several records: the same findings whatever goes to disk, however many threads and
//! shards there are; and those that a plain calculation expects.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use chrono::NaiveDate;
use dianjian_base::in_order::ForEach;
use dianjian_base::lang::Lang;
use dianjian_document::source::{DiscoverOptions, Input, discover};
use dianjian_engine::shards::{InputSizes, PartialSet, Shard};
use dianjian_engine::{AsWritten, Engine, Finding, Label, Problem, Render, RunOptions, Tuning};
use dianjian_rules::{Pack, PackBuilder};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::runs::shard_header;

/// The rules of this file, each over products unless it says otherwise.
const RULES: [(&str, &str); 9] = [
    ("codes", r#"{group: {by: ["skus[].code"], count: {max: 2}}}"#),
    ("stocked", r#"{group: {by: ["skus[].code"], count: {where: {"skus[].stock": {min: 1}}, min: 1}}}"#),
    ("prices", "{point: price, group: {by: [out_id], distinct: {of: price, max: 1}}}"),
    (
        "promised",
        r#"{point: "skus[].stock", group: {by: ["skus[].code"], sum: {of: "skus[].stock",
            max: {sum_of: {kind: Depot, by: [sku], of: quantity, when: {open: {is: true}}}}}}}"#,
    ),
    ("apart", "{group: {by: [out_id], spread: {of: price, max: 0.2}}}"),
    ("missing", "{group: {by: [out_id], covers: {of: shop, share: 0.5}}}"),
    ("owners", "{group: {by: [shop.subject.licence, title], unique: true}}"),
    (
        "somewhere",
        "{group: {by: [sku], count: {where: {stock: {min: 1}}, min: 1},
            also: [{kind: Depot, by: [sku], when: {open: {is: true}}, where: {quantity: {min: 1}}}]}}",
    ),
    ("whole", r#"{at: stock, is: {sum: ["skus[].stock"]}}"#),
];

const DEPOT: &str = "\
kind: Depot
title: {zh: 仓库库存, en: Depot}
doc: {zh: 一个商品在一个仓库里有多少。, en: How much of a product is in a depot.}
id: id
fields:
  id: {type: id, title: {zh: 编号, en: id}}
  sku: {type: id, title: {zh: 商家编码, en: SKU}}
  quantity: {type: integer, title: {zh: 数量, en: quantity}}
  open: {type: bool, title: {zh: 启用, en: open}}
";

static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let mut builder = PackBuilder::default().shipped().text("kinds/Depot.yaml", DEPOT);
    for (name, check) in RULES {
        let said = "{zh: '{key}：{count} {limit} {least} {most} {missing} {expected}', en: '{key}: {limit} {missing}'}";
        builder = builder.text(
            &format!("forms/{name}.yaml"),
            &format!(
                "id: forms/{name}\ntitle: {said}\nwhy: {said}\nseverity: warning\nfor: Product\ncheck: {check}\n\
                 message: {said}\nevidence: [{{source: own, ref: test, confidence: high, says: {said}}}]\n"
            ),
        );
    }
    let (pack, problems) = builder.build();
    assert!(problems.is_empty(), "{problems:?}");
    pack
});

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

/// Findings of these rules as texts: all that a report could show of them.
struct Shown;

impl Render for Shown {
    type Out = Option<(String, String, String)>;

    fn finding(&self, finding: Finding) -> Self::Out {
        let name = finding.rule.id.strip_prefix("forms/")?.to_owned();
        let place = |label: &Label| {
            let message = label.message.as_ref().map(|message| message.render(Lang::Zh));
            format!("{} {:?} {message:?}", label.source.name(), label.range())
        };
        let related: Vec<String> = finding.related.iter().map(place).collect();
        let message = finding.message.render(Lang::Zh);
        let shown = format!(
            "{name} {:?} {} {message} {} {} {related:?} {} {}",
            finding.record,
            finding.path,
            finding.message.render(Lang::En),
            place(&finding.primary),
            finding.related_omitted,
            finding.fingerprint,
        );
        Some((name, message, shown))
    }

    fn problem(&self, problem: Problem) -> Self::Out {
        Some(("problem".to_owned(), String::new(), problem.message.zh))
    }
}

#[derive(Debug, Clone, Copy)]
struct How {
    threads: usize,
    chunk_bytes: usize,
    memory: usize,
}

impl How {
    fn engine(self) -> Engine<'static> {
        let mut options = RunOptions::new(day());
        let Self { threads, chunk_bytes, memory } = self;
        options.tuning = Tuning { threads, chunk_bytes, memory, ..Tuning::default() };
        Engine::new(&PACK, &AsWritten, options)
    }

    /// Rule, message and all of each finding.
    fn whole(self, inputs: &[Input]) -> Vec<(String, String, String)> {
        let mut all = Vec::new();
        self.engine().run(inputs, &Shown, &|_| {}, &mut |shown| all.extend(shown));
        all
    }

    fn in_shards(self, inputs: &[Input], of: u32) -> Vec<(String, String, String)> {
        let (folder, engine, sizes) = (tempfile::tempdir().unwrap(), self.engine(), InputSizes::of(inputs));
        let mut partials: Vec<PathBuf> = Vec::new();
        for number in 1..=of {
            let header = shard_header(&PACK, day(), (inputs, &sizes), self.chunk_bytes, Shard { number, of });
            let path = folder.path().join(format!("{number}.partial"));
            let summary = engine.check_shard((inputs, &sizes), &header, &[], &path, &|_| {}, &mut || true).unwrap();
            assert!(summary.complete);
            partials.push(path);
        }
        let mut all = Vec::new();
        let mut take = |shown: <Shown as Render>::Out| all.extend(shown);
        let partials = PartialSet::open(&partials).unwrap();
        engine.merge(&partials, &Shown, &|_| {}, &mut ForEach(&mut take));
        all
    }
}

/// A product of a made-up fleet.
#[derive(Debug, Clone)]
struct Product {
    out_id: usize,
    shop: usize,
    price: i64,
    /// Code and stock.
    skus: Vec<(usize, i64)>,
}

const CODES: [&str; 4] = ["T-100", "T-200", "6194", "6195"];

impl Product {
    /// As a line of JSON; `style` varies how values are spelled.
    fn line(&self, number: usize, style: usize) -> String {
        let code = |code: usize| match (code, style) {
            (2 | 3, 1) => format!("{}.0", CODES[code]),
            (_, 2) => format!("\" {} \"", CODES[code]),
            (0 | 1, 3) => format!("\"Ｔ－{}\"", &CODES[code][2..]),
            _ => format!("\"{}\"", CODES[code]),
        };
        let skus: Vec<String> =
            self.skus.iter().map(|(sku, stock)| format!(r#"{{"code":{},"stock":{stock}}}"#, code(*sku))).collect();
        let price = format!("{}.{}", self.price / 10, self.price % 10);
        let price = if style == 1 { format!("\"{price}0\"") } else { price };
        let stock: i64 = self.skus.iter().map(|(_, stock)| stock).sum();
        format!(
            r#"{{"kind":"Product","id":"p{number}","title":"云山春茶礼盒装","out_id":"item-{}","shop":"shop-{}","price":{price},"stock":{},"skus":[{}]}}"#,
            self.out_id,
            self.shop,
            stock + i64::from(number.is_multiple_of(3)),
            skus.join(",")
        )
    }
}

#[derive(Debug, Clone)]
struct Fleet {
    products: Vec<Product>,
    /// Code, quantity, and whether it is open.
    depots: Vec<(usize, i64, bool)>,
}

impl Fleet {
    fn write(&self, style: usize) -> (TempDir, Vec<Input>) {
        let folder = tempfile::tempdir().unwrap();
        let depot = |(number, (code, quantity, open)): (usize, &(usize, i64, bool))| {
            format!(
                r#"{{"kind":"Depot","id":"d{number}","sku":"{}","quantity":{quantity},"open":{open}}}"#,
                CODES[*code]
            )
        };
        let depots: Vec<String> = self.depots.iter().enumerate().map(depot).collect();
        let lines =
            self.products.iter().enumerate().map(|(number, product)| product.line(number, (number + style) % 4));
        let lines: Vec<String> = lines.collect();
        let (first, second) = lines.split_at(lines.len() / 2);
        for (name, lines) in [("1.ndjson", first), ("2.ndjson", &depots), ("3.ndjson", second)] {
            fs::write(folder.path().join(name), lines.join("\n")).unwrap();
        }
        let inputs = discover(&[folder.path().display().to_string()], &DiscoverOptions::default()).inputs;
        (folder, inputs)
    }

    /// The keys that each rule should name.
    fn expected(&self) -> BTreeMap<&'static str, BTreeSet<String>> {
        let mut expected: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        let skus = || self.products.iter().flat_map(|product| &product.skus);
        for (code, name) in CODES.iter().enumerate() {
            let stocks: Vec<i64> = skus().filter(|sku| sku.0 == code).map(|sku| sku.1).collect();
            let open: Vec<i64> =
                self.depots.iter().filter(|depot| depot.0 == code && depot.2).map(|depot| depot.1).collect();
            let mut expect = |rule, broken: bool| {
                if broken {
                    expected.entry(rule).or_default().insert((*name).to_owned());
                }
            };
            expect("codes", stocks.len() > 2);
            expect("stocked", !stocks.is_empty() && stocks.iter().all(|stock| *stock < 1));
            expect("promised", !open.is_empty() && stocks.iter().sum::<i64>() > open.iter().sum());
        }
        let shops: BTreeSet<usize> = self.products.iter().map(|product| product.shop).collect();
        for item in self.products.iter().map(|product| product.out_id).collect::<BTreeSet<_>>() {
            let of_item = || self.products.iter().filter(|product| product.out_id == item);
            let mut expect = |rule, broken: bool| {
                if broken {
                    expected.entry(rule).or_default().insert(format!("item-{item}"));
                }
            };
            let prices: BTreeSet<i64> = of_item().map(|product| product.price).collect();
            expect("prices", prices.len() > 1);
            let above: Vec<i64> = prices.iter().copied().filter(|price| *price > 0).collect();
            expect("apart", above.first().zip(above.last()).is_some_and(|(least, most)| (most - least) * 5 > *least));
            let own: BTreeSet<usize> = of_item().map(|product| product.shop).collect();
            expect("missing", own.len() * 2 >= shops.len() && own.len() < shops.len());
        }
        expected
    }
}

fn fleet() -> impl Strategy<Value = Fleet> {
    let skus = prop::collection::vec((0..CODES.len(), 0_i64..4), 0..4);
    let product = (0_usize..4, 0_usize..4, 0_i64..12, skus).prop_map(|(out_id, shop, price, skus)| Product {
        out_id,
        shop,
        price,
        skus,
    });
    let depots = prop::collection::vec((0..CODES.len(), 0_i64..8, prop::bool::weighted(0.8)), 0..6);
    (prop::collection::vec(product, 0..16), depots).prop_map(|(products, depots)| Fleet { products, depots })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn groups_are_those_of_a_plain_calculation(
        fleet in fleet(),
        style in 0_usize..4,
        of in 1_u32..5,
        chunk_bytes in prop::sample::select(vec![64_usize, 300, 1 << 20]),
        memory in prop::sample::select(vec![64_usize, 4000, 1 << 20]),
        threads in prop::sample::select(vec![1_usize, 3]),
    ) {
        let (_folder, inputs) = fleet.write(style);
        let how = How { threads, chunk_bytes, memory };
        let whole = How { threads: 2, memory: 1 << 30, ..how }.whole(&inputs);
        let mut found: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (rule, message, _) in whole.iter().filter(|(rule, ..)| rule != "whole" && rule != "somewhere") {
            let key = message.split('：').next().unwrap_or_default().trim();
            // Spelled as in the record that the finding is at.
            let key: String = key.chars().map(|c| match c { 'Ｔ' => 'T', '－' => '-', c => c }).collect();
            let rule = RULES.iter().find(|(name, _)| name == rule).map_or("problem", |(name, _)| name);
            prop_assert!(found.entry(rule).or_default().insert(key), "twice: {message}");
        }
        prop_assert_eq!(&found, &fleet.expected());
        let unequal = (0..fleet.products.len())
            .filter(|number| number.is_multiple_of(3) && !fleet.products[*number].skus.is_empty());
        prop_assert_eq!(whole.iter().filter(|(rule, ..)| rule == "whole").count(), unequal.count());
        // What goes to disk, how many threads and how many shards there are makes no difference.
        prop_assert_eq!(&how.whole(&inputs), &whole);
        prop_assert_eq!(&how.in_shards(&inputs, of), &whole);
    }
}

fn shown(files: &[(&str, &str)]) -> Vec<(String, String, String)> {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
    let inputs = discover(&[folder.path().display().to_string()], &DiscoverOptions::default()).inputs;
    How { threads: 1, chunk_bytes: 1 << 20, memory: 1 << 20 }.whole(&inputs)
}

#[test]
fn what_is_wrong_with_lines_stands_in_their_order_however_many_are_read_together() {
    let line = |id: &str| {
        format!(
            r#"{{"kind":"Product","id":"{id}","title":"云山春茶礼盒装","stock":5,"skus":[{{"code":"T-1","stock":2}}]}}"#
        )
    };
    let broken = r#"{"kind":"Product","id":"broken","#.to_owned();
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("goods.ndjson"),
        [line("a"), broken.clone(), line("b"), line("c"), broken, line("d")].join("\n"),
    )
    .unwrap();
    let inputs = discover(&[folder.path().display().to_string()], &DiscoverOptions::default()).inputs;
    let rules = |chunk_bytes: usize| -> Vec<String> {
        let all = How { threads: 1, chunk_bytes, memory: 1 << 20 }.whole(&inputs);
        all.into_iter().map(|(rule, ..)| rule).filter(|rule| rule == "whole" || rule == "problem").collect()
    };
    assert_eq!(rules(1 << 20), ["whole", "problem", "whole", "whole", "problem", "whole"]);
    assert_eq!(rules(64), rules(1 << 20));
}

#[test]
fn records_that_a_bound_is_the_sum_of_have_labels_of_their_own() {
    let found = shown(&[
        (
            "goods.yaml",
            "kind: Product\nid: a\ntitle: 云山春茶\nskus:\n- {code: T-1, stock: 3}\n- {code: T-1, stock: 4}\n",
        ),
        ("depots.yaml", "kind: Depot\nid: d\nsku: T-1\nquantity: 5\nopen: true\n"),
    ]);
    let [(_, message, shown)] = found.iter().filter(|(rule, ..)| rule == "promised").collect::<Vec<_>>()[..] else {
        panic!("{found:?}")
    };
    assert!(message.starts_with("T-1：7 5"), "{message}");
    assert!(shown.contains("skus[1].stock") && shown.contains("depots.yaml"), "{shown}");
    assert!(shown.contains("仓库库存，计入限额"), "{shown}");
}

#[test]
fn messages_name_what_is_missing_and_how_far_apart() {
    let line = |id: usize, item: &str, shop: usize, price: &str| {
        format!(
            r#"{{"kind":"Product","id":"p{id}","title":"云山春茶","out_id":"{item}","shop":"shop-{shop:02}","price":{price}}}"#
        )
    };
    let mut lines: Vec<String> = (0..12).map(|shop| line(shop, "everywhere", shop, "10")).collect();
    lines.extend((0..6).map(|shop| line(20 + shop, "half", shop, "10")));
    lines.push(line(30, "half", 0, "15.5"));
    let found = shown(&[("goods.ndjson", &lines.join("\n"))]);
    let of = |rule: &str| {
        found.iter().filter(|(name, ..)| name == rule).map(|(_, message, _)| message.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of("missing").len(), 1, "{found:?}");
    assert!(of("missing")[0].contains("shop-06、shop-07、shop-08、shop-09、shop-10、shop-11"), "{found:?}");
    assert!(of("apart")[0].contains("0.2 10 15.5"), "{found:?}");
}

#[test]
fn groups_by_what_a_reference_leads_to_point_at_the_reference() {
    let goods = |file: &str, shop: &str| {
        format!("kind: Product\nid: {file}\ntitle: 云山春茶\nshop: {shop}\nskus:\n- {{code: {file}, stock: 1}}\n")
    };
    let shop = |id: &str| {
        format!("kind: Shop\nid: {id}\nsystem: weixin-store\nname: 店{id}\nsubject: {{licence: 91000000MA0YN0011J}}\n")
    };
    let (first, second) = (goods("a", "s1"), goods("b", "s2.0"));
    let found = shown(&[("a.yaml", &first), ("b.yaml", &second), ("c.yaml", &shop("s1")), ("d.yaml", &shop("s2.0"))]);
    let of: Vec<_> = found.iter().filter(|(rule, ..)| rule == "owners").collect();
    assert_eq!(of.len(), 1, "{found:?}");
    assert!(of[0].2.contains("b.yaml") && of[0].2.contains(" shop "), "{}", of[0].2);
}

#[test]
fn records_of_another_kind_are_counted_by_a_condition_of_their_own() {
    let goods = "kind: Product\nid: a\ntitle: 云山春茶\nsku: T-1\nstock: 0\n";
    let depot =
        |quantity: u32, open: bool| format!("kind: Depot\nid: d\nsku: T-1\nquantity: {quantity}\nopen: {open}\n");
    let found = |depot: &str| {
        let found = shown(&[("goods.yaml", goods), ("depot.yaml", depot)]);
        found.into_iter().filter(|(rule, ..)| rule == "somewhere").map(|(.., shown)| shown).collect::<Vec<_>>()
    };
    assert_eq!(found(&depot(5, true)), [""; 0]);
    let [empty] = &found(&depot(0, true))[..] else { panic!("one finding") };
    assert!(empty.contains("goods.yaml") && empty.contains("depot.yaml"), "{empty}");
    let [closed] = &found(&depot(5, false))[..] else { panic!("one finding") };
    assert!(closed.contains("goods.yaml") && !closed.contains("depot.yaml"), "{closed}");
}

#[test]
fn what_cannot_be_calculated_is_skipped() {
    let goods = |stock: &str, skus: &str| {
        let text = format!("kind: Product\nid: a\ntitle: 云山春茶\nstock: {stock}\nskus: {skus}\n");
        shown(&[("goods.yaml", &text)]).iter().filter(|(rule, ..)| rule == "whole").count()
    };
    assert_eq!(goods("5", "[{stock: 2}, {stock: 2}]"), 1);
    let found =
        shown(&[("goods.yaml", "kind: Product\nid: a\ntitle: 云山春茶\nstock: 5\nskus: [{stock: 2}, {stock: 2}]\n")]);
    assert!(found.iter().any(|(rule, message, _)| rule == "whole" && message.ends_with(" 4")), "{found:?}");
    assert_eq!(goods("4", "[{stock: 2}, {stock: 2}]"), 0);
    for skus in ["[]", "[{stock: 2}, {}]", "[{stock: many}]", "[{stock: 79228162514264337593543950335}, {stock: 1}]"] {
        assert_eq!(goods("5", skus), 0, "{skus}");
    }
}
