//! Groups over references: what is compared is the record that is meant, whether it is named by its id or its name or lies
//! around, in whatever file, format, order or share of the run; and what is wrong with references is said once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use chrono::NaiveDate;
use dianjian_base::in_order::ForEach;
use dianjian_base::lang::Lang;
use dianjian_document::source::{DiscoverOptions, Input, discover};
use dianjian_engine::shards::{InputSizes, PartialSet, Shard};
use dianjian_engine::{AsWritten, Engine, Finding, Problem, Render, RunOptions, Tuning};
use dianjian_rules::{Pack, PackBuilder};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use tempfile::TempDir;

use crate::runs::shard_header;

/// The kinds that name a shop, and a field of each that two of its records may have in common.
const KINDS: [(&str, &str); 4] =
    [("Product", "sku"), ("Order", "supplier"), ("LiveRoom", "nickname"), ("Account", "name")];

/// By name and check; `{of}` is the field that records have in common.
const CHECKS: [(&str, &str); 6] = [
    ("crowd", "{point: id, group: {by: [shop], count: {max: 1}}}"),
    ("twice", "{point: id, group: {by: [shop, {of}], unique: true}}"),
    ("shops", "{point: id, group: {by: [{of}], distinct: {of: shop, max: 1}}}"),
    ("gap", "{point: id, group: {by: [{of}], covers: {of: shop, share: 0.3}}}"),
    ("mixed", "{point: id, group: {by: [{of}], count: {max: 1}, mixed: shop}}"),
    ("owner", "{point: id, group: {by: [shop.subject.licence], distinct: {of: shop.system, max: 1}}}"),
];

static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let mut builder = PackBuilder::default().shipped();
    for (kind, of) in KINDS {
        for (name, check) in CHECKS {
            let id = format!("{}/{name}", kind.to_lowercase());
            let message = "{key} {count} {limit} {missing} {.shop.name} {.shop.system}";
            let text = format!("{{zh: '{message}', en: '{message}'}}");
            let rule = format!(
                "id: {id}\ntitle: {text}\nwhy: {text}\nseverity: warning\nfor: {kind}\neven_outside: true\ncheck: {}\n\
                 message: {text}\nevidence: [{{source: own, ref: test, confidence: high, says: {text}}}]\n",
                check.replace("{of}", of)
            );
            builder = builder.text(&format!("{id}.yaml"), &rule);
        }
    }
    let (pack, problems) = builder.build();
    assert!(problems.is_empty(), "{problems:?}");
    pack
});

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 29).unwrap()
}

/// Rule, message and the words that are pointed at, with how often.
type Judged = BTreeMap<(String, String, String), usize>;

struct Judge;

impl Render for Judge {
    type Out = Option<(String, String, String)>;

    fn finding(&self, finding: Finding) -> Self::Out {
        let id = &finding.rule.id;
        let (kind, name) = id.split_once('/')?;
        let is_own = KINDS.iter().any(|(known, _)| known.to_lowercase() == kind)
            && (CHECKS.iter().any(|(known, _)| *known == name) || name == "shop");
        let label = &finding.primary;
        let words = label.source.slice(label.span).trim_matches('"').to_owned();
        (is_own || id == "accounts/shop").then(|| (id.clone(), finding.message.render(Lang::Zh), words))
    }

    fn problem(&self, problem: Problem) -> Self::Out {
        Some(("problem".to_owned(), problem.message.zh, problem.file))
    }
}

fn engine() -> Engine<'static> {
    let mut options = RunOptions::new(day());
    // So little memory that what is kept goes to disk.
    options.tuning = Tuning { threads: 2, chunk_bytes: 300, memory: 1 << 10, ..Tuning::default() };
    Engine::new(&PACK, &AsWritten, options)
}

static ENGINE: LazyLock<Engine<'static>> = LazyLock::new(engine);

fn inputs(folder: &Path) -> Vec<Input> {
    discover(&[folder.display().to_string()], &DiscoverOptions::default()).inputs
}

fn whole(folder: &Path) -> Judged {
    let mut judged = Judged::new();
    let mut add = |found: Option<_>| found.into_iter().for_each(|found| *judged.entry(found).or_default() += 1);
    assert!(ENGINE.run(&inputs(folder), &Judge, &|_| {}, &mut add).complete);
    judged
}

fn in_shares(folder: &Path, of: u32) -> Judged {
    let (inputs, partials) = (inputs(folder), TempDir::new().unwrap());
    let sizes = InputSizes::of(&inputs);
    let paths: Vec<_> = (1..=of).map(|number| partials.path().join(format!("{number}.partial"))).collect();
    for (number, path) in (1..).zip(&paths) {
        let header = shard_header(&PACK, day(), (&inputs, &sizes), 300, Shard { number, of });
        ENGINE.check_shard((&inputs, &sizes), &header, &[], path, &|_| {}, &mut || true).unwrap();
    }
    let mut judged = Judged::new();
    let mut add = |found: Option<_>| found.into_iter().for_each(|found| *judged.entry(found).or_default() += 1);
    let set = PartialSet::open(&paths).unwrap();
    assert!(ENGINE.merge(&set, &Judge, &|_| {}, &mut ForEach(&mut add)).complete);
    judged
}

const SYSTEMS: [&str; 3] = ["weixin-store", "douyin", "kuaishou"];

#[derive(Debug, Clone)]
struct Shop {
    system: usize,
    name: &'static str,
    has_id: bool,
    licence: &'static str,
}

#[derive(Debug, Clone)]
struct Belonging {
    kind: usize,
    shop: usize,
    common: &'static str,
}

#[derive(Debug, Clone)]
struct Fleet {
    shops: Vec<Shop>,
    belongings: Vec<Belonging>,
}

/// How a record names its shop where it does not lie in it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Named {
    ById,
    ByName,
    /// The first by id, the next by name and so on.
    Both,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Format {
    Yaml,
    Csv,
    NdJson,
    Sheets,
}

#[derive(Debug, Clone, Copy)]
struct Layout {
    /// Whether products stand in their shops.
    is_nested: bool,
    named: Named,
    format: Format,
    shops_first: bool,
}

impl Shop {
    /// Ids of two platforms are the same.
    fn id(&self, number: usize) -> Option<String> {
        self.has_id.then(|| format!("s{}", number / 2))
    }

    fn fields(&self, number: usize) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("system", SYSTEMS[self.system].to_owned()),
            ("name", self.name.to_owned()),
            ("subject.licence", self.licence.to_owned()),
        ];
        fields.extend(self.id(number).map(|id| ("id", id)));
        fields
    }
}

impl Fleet {
    fn fields(&self, number: usize, layout: Layout) -> Vec<(&'static str, String)> {
        let Belonging { kind, shop, common } = self.belongings[number];
        let (name, of) = KINDS[kind];
        let mut fields = vec![("id", format!("{name}-{number}")), (of, common.to_owned())];
        if name == "Product" || name == "LiveRoom" {
            fields.push(("title", format!("云山明前绿茶{number}号")));
        }
        let shop_of = &self.shops[shop];
        // Only products and orders say of which platform they are, so that others need an id or a name of its own.
        let says_system = name == "Product" || name == "Order";
        let by_name = match layout.named {
            Named::ById => shop_of.id(shop).is_none(),
            Named::ByName => true,
            Named::Both => number.is_multiple_of(2) || shop_of.id(shop).is_none(),
        };
        if !(layout.is_nested && name == "Product") {
            let named = if by_name { shop_of.name.to_owned() } else { shop_of.id(shop).unwrap() };
            fields.push(("shop", named));
            if says_system {
                fields.push(("system", SYSTEMS[shop_of.system].to_owned()));
            }
        }
        fields
    }

    fn write(&self, layout: Layout, folder: &Path) {
        let put = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
        let (before, after) = if layout.shops_first { ("a", "b") } else { ("b", "a") };
        let is_apart = |belonging: &Belonging| !(layout.is_nested && KINDS[belonging.kind].0 == "Product");
        let mut shops = String::new();
        for (number, shop) in self.shops.iter().enumerate() {
            shops += "---\nkind: Shop\n";
            for (name, value) in shop.fields(number) {
                let (name, value) = match name.split_once('.') {
                    Some((outer, inner)) => (outer, format!("{{{inner}: {value}}}")),
                    None => (name, value),
                };
                writeln!(shops, "{name}: {value}").unwrap();
            }
            let own = |(_, of): &(usize, &Belonging)| of.shop == number && !is_apart(of);
            let goods = self.belongings.iter().enumerate().filter(own);
            let items: Vec<String> = goods.map(|(number, _)| flow(&self.fields(number, layout))).collect();
            if !items.is_empty() {
                writeln!(shops, "products:\n  - {}", items.join("\n  - ")).unwrap();
            }
        }
        let apart: Vec<usize> = (0..self.belongings.len()).filter(|at| is_apart(&self.belongings[*at])).collect();
        let is_table = |at: &usize| {
            matches!(layout.format, Format::Csv | Format::Sheets) && KINDS[self.belongings[*at].kind].0 != "Account"
        };
        let (tables, others): (Vec<usize>, Vec<usize>) = apart.into_iter().partition(is_table);
        put(&format!("{before}-shops.yaml"), shops);
        let kind = |at: usize| KINDS[self.belongings[at].kind].0;
        let documents = others.iter().map(|at| match layout.format {
            Format::NdJson => {
                let mut record = serde_json::json!({"kind": kind(*at)});
                self.fields(*at, layout).into_iter().for_each(|(name, value)| record[name] = value.into());
                record.to_string() + "\n"
            }
            _ => format!("---\n{{kind: {}, {}\n", kind(*at), &flow(&self.fields(*at, layout))[1..]),
        });
        let extension = if layout.format == Format::NdJson { "ndjson" } else { "yaml" };
        put(&format!("{after}-others.{extension}"), documents.collect());
        let mut book = Workbook::new();
        for (name, headings) in TABLES {
            let rows: Vec<usize> = tables.iter().copied().filter(|at| kind(*at) == name).collect();
            if rows.is_empty() {
                continue;
            }
            let mut cells = vec![headings.iter().map(|(_, heading)| (*heading).to_owned()).collect::<Vec<_>>()];
            cells.extend(rows.iter().map(|at| {
                let fields = self.fields(*at, layout);
                let cell = |(name, _): &(&str, &str)| fields.iter().find(|(known, _)| known == name);
                headings.iter().map(|heading| cell(heading).map_or_else(String::new, |cell| cell.1.clone())).collect()
            }));
            if layout.format == Format::Csv {
                let lines = cells.iter().map(|row| row.join(",") + "\n");
                put(&format!("{after}-{name}.csv"), lines.collect());
                continue;
            }
            let sheet = book.add_worksheet().set_name(name).unwrap();
            for (at, row) in (0..).zip(&cells) {
                for (column, cell) in (0..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
                    sheet.write(at, column, cell).unwrap();
                }
            }
        }
        if layout.format == Format::Sheets && !tables.is_empty() {
            book.save(folder.join(format!("{after}-book.xlsx"))).unwrap();
        }
    }
}

/// The headings of the tables, by field.
const TABLES: [(&str, &[(&str, &str)]); 3] = [
    (
        "Product",
        &[("id", "商品ID"), ("title", "商品标题"), ("sku", "SKU编码"), ("shop", "所属店铺"), ("system", "平台")],
    ),
    ("Order", &[("id", "平台单号"), ("supplier", "供应商"), ("shop", "所属店铺"), ("system", "平台")]),
    ("LiveRoom", &[("id", "直播间编号"), ("title", "直播标题"), ("nickname", "主播昵称"), ("shop", "所属店铺")]),
];

fn flow(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    format!("{{{}}}", fields.join(", "))
}

fn fleets() -> impl Strategy<Value = Fleet> {
    // Two shops each have one id and, perhaps, one name: they differ in their platforms.
    let shop = (
        prop::sample::select(vec!["云山茶铺", "晴川茶铺"]),
        prop::bool::weighted(0.8),
        prop::sample::select(vec!["91440300MA00000077", "91330000MA2700001A"]),
    );
    prop::collection::vec(shop, 1..5).prop_flat_map(|shops| {
        let shops: Vec<Shop> = (0..)
            .zip(shops)
            .map(|(number, (name, has_id, licence))| Shop {
                system: number % 3,
                // The fourth is on the platform of the first.
                name: if number == 3 { "湖畔茶铺" } else { name },
                has_id,
                licence,
            })
            .collect();
        let most = shops.len();
        let belonging = (0..KINDS.len(), 0..most, prop::sample::select(vec!["T-1", "T-2"]))
            .prop_map(|(kind, shop, common)| Belonging { kind, shop, common });
        prop::collection::vec(belonging, 0..9).prop_map(move |mut belongings| {
            // In their shops they stand in the order of these. A finding is at the last of its group, and speaks of its shop.
            belongings.sort_by_key(|belonging| belonging.shop);
            Fleet { shops: shops.clone(), belongings }
        })
    })
}

impl Fleet {
    /// Without what could mean two shops: records that do not say their platform.
    fn unambiguous(mut self) -> Self {
        let shops = &self.shops;
        let is_one = |at: usize| {
            let is_other = |other: &usize| *other != at && (shops[*other].name == shops[at].name);
            let same_id =
                |other: &usize| *other != at && shops[at].has_id && shops[*other].id(*other) == shops[at].id(at);
            !(0..shops.len()).any(|other| is_other(&other) || same_id(&other))
        };
        self.belongings.retain(|belonging| {
            KINDS[belonging.kind].0 == "Product" || KINDS[belonging.kind].0 == "Order" || is_one(belonging.shop)
        });
        self
    }

    /// The findings of three of the rules on each kind, calculated plainly: the rule, and what its message begins with.
    fn expected(&self) -> BTreeSet<(String, usize)> {
        let mut expected = BTreeSet::new();
        for (kind, (name, _)) in KINDS.iter().enumerate() {
            let own: Vec<&Belonging> = self.belongings.iter().filter(|belonging| belonging.kind == kind).collect();
            let mut by_shop: BTreeMap<usize, usize> = BTreeMap::new();
            let mut shops_of: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
            let mut pairs: BTreeMap<(usize, &str), usize> = BTreeMap::new();
            for belonging in &own {
                *by_shop.entry(belonging.shop).or_default() += 1;
                shops_of.entry(belonging.common).or_default().insert(belonging.shop);
                *pairs.entry((belonging.shop, belonging.common)).or_default() += 1;
            }
            let counts = [
                ("crowd", by_shop.values().filter(|count| **count > 1).count()),
                ("twice", pairs.values().filter(|count| **count > 1).count()),
                ("shops", shops_of.values().filter(|shops| shops.len() > 1).count()),
            ];
            expected.extend(
                counts
                    .map(|(rule, count)| (format!("{}/{rule}", name.to_lowercase()), count))
                    .into_iter()
                    .filter(|(_, count)| *count > 0),
            );
        }
        expected
    }
}

fn counted(judged: &Judged) -> BTreeSet<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for ((rule, ..), count) in judged {
        if ["crowd", "twice", "shops"].iter().any(|name| rule.ends_with(name)) {
            *counts.entry(rule.clone()).or_default() += count;
        }
    }
    counts.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_shop_that_is_meant_is_compared_whatever_names_it(fleet in fleets()) {
        let fleet = fleet.unambiguous();
        let mut first: Option<Judged> = None;
        let layouts = [
            (true, Named::ById, Format::Yaml, true),
            (true, Named::Both, Format::Csv, false),
            (false, Named::ById, Format::Yaml, true),
            (false, Named::ByName, Format::Yaml, false),
            (false, Named::Both, Format::Csv, true),
            (false, Named::ByName, Format::Csv, false),
            (false, Named::Both, Format::NdJson, false),
            (false, Named::ById, Format::NdJson, true),
            (false, Named::Both, Format::Sheets, true),
            (false, Named::ByName, Format::Sheets, false),
        ];
        for (is_nested, named, format, shops_first) in layouts {
            let layout = Layout { is_nested, named, format, shops_first };
            let folder = TempDir::new().unwrap();
            fleet.write(layout, folder.path());
            let judged = whole(folder.path());
            prop_assert_eq!(&counted(&judged), &fleet.expected(), "{:?} {:?}", layout, judged);
            let expected = first.get_or_insert_with(|| judged.clone());
            prop_assert_eq!(&said(&judged), &said(expected), "{:?}", layout);
            if named == Named::Both {
                prop_assert_eq!(in_shares(folder.path(), 3), judged, "{:?} in shares", layout);
            }
        }
    }
}

/// What is said, without which of a group's records it is said at: that depends on the order of files.
fn said(judged: &Judged) -> BTreeMap<(String, String), usize> {
    let mut said: BTreeMap<(String, String), usize> = BTreeMap::new();
    for ((rule, message, _), count) in judged {
        *said.entry((rule.clone(), message.clone())).or_default() += count;
    }
    said
}

fn judged(files: &[(&str, &str)]) -> Vec<(String, String, String)> {
    let folder = TempDir::new().unwrap();
    files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
    let judged = whole(folder.path());
    assert_eq!(in_shares(folder.path(), 2), judged);
    judged.into_iter().flat_map(|(found, count)| vec![found; count]).collect()
}

fn of<'f>(found: &'f [(String, String, String)], rule: &str) -> Vec<(&'f str, &'f str)> {
    let of = found.iter().filter(|(id, ..)| id == rule);
    of.map(|(_, message, words)| (message.as_str(), words.as_str())).collect()
}

#[test]
fn a_message_says_the_same_of_a_shop_around_and_of_one_elsewhere() {
    let shop = "kind: Shop\nid: s1\nsystem: douyin\nname: 云山茶铺\nsubject: {licence: 91440300MA00000077}\n";
    let nested =
        format!("{shop}products:\n  - {{id: a, sku: T-1, title: 云山茶}}\n  - {{id: b, sku: T-1, title: 云山茶}}\n");
    let apart = |named: &str| {
        let goods = |id: &str| format!("---\nkind: Product\nid: {id}\nsku: T-1\ntitle: 云山茶\n{named}\n");
        format!("{shop}{}{}", goods("a"), goods("b"))
    };
    let expected = judged(&[("a.yaml", &nested)]);
    assert_eq!(of(&expected, "product/twice"), [("云山茶铺 (s1)、T-1 2 1 （未写明） 云山茶铺 抖音小店", "b")]);
    assert_eq!(of(&expected, "product/crowd").len(), 1);
    for named in ["shop: s1", "shop: 云山茶铺", "shop: 云山茶铺\nsystem: douyin", "shop: s1\nsystem: douyin"] {
        assert_eq!(judged(&[("a.yaml", &apart(named))]), expected, "{named}");
    }
}

#[test]
fn shops_of_which_there_is_no_record_are_one_where_the_text_and_the_platform_are() {
    let goods = |id: &str, system: &str| {
        format!("---\nkind: Product\nid: {id}\nsku: T-1\ntitle: 云山茶\nshop: 云山茶铺\nsystem: {system}\n")
    };
    let shops = |systems: [&str; 2]| {
        let text = goods("a", systems[0]) + &goods("b", systems[1]);
        let found = judged(&[("a.yaml", &text)]);
        (of(&found, "product/shops").len(), of(&found, "product/twice").len())
    };
    assert_eq!(shops(["douyin", "kuaishou"]), (1, 0));
    assert_eq!(shops(["douyin", "douyin"]), (0, 1));
}

#[test]
fn a_name_that_several_shops_have_is_none_of_them() {
    let shop = |id: &str, system: &str| format!("---\nkind: Shop\nid: {id}\nsystem: {system}\nname: 云山茶铺\n");
    let goods = |id: &str, shop: &str| format!("---\nkind: Product\nid: {id}\nsku: T-1\ntitle: 云山茶\nshop: {shop}\n");
    let text = shop("s1", "douyin") + &shop("s2", "kuaishou") + &goods("a", "s1") + &goods("b", "云山茶铺");
    let found = judged(&[("a.yaml", &text)]);
    assert!(of(&found, "product/shops").is_empty() && of(&found, "product/twice").is_empty(), "{found:?}");
    assert_eq!(of(&found, "product/shop").len(), 1, "{found:?}");
}

#[test]
fn shops_that_disagree_are_told_once_whoever_names_them() {
    let shop = |name: &str, system: &str| format!("---\nkind: Shop\nid: s1\nsystem: {system}\nname: {name}\n");
    let all = shop("云山茶铺", "douyin")
        + &shop("云山茶铺", "kuaishou")
        + &shop("云山茶铺", "jd")
        + "---\nkind: Product\nid: a\ntitle: 云山茶\nshop: s1\n---\nkind: Order\nid: o\nshop: s1\n---\nkind: Account\nid: c\nshop: s1\n";
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.yaml"), all).unwrap();
    struct Places;
    impl Render for Places {
        type Out = Option<Vec<usize>>;
        fn finding(&self, finding: Finding) -> Self::Out {
            let mut lines: Vec<usize> = finding.related.iter().map(|label| label.range().0.line as usize).collect();
            lines.sort_unstable();
            finding.rule.id.ends_with("/shop").then_some(lines)
        }
        fn problem(&self, problem: Problem) -> Self::Out {
            panic!("{problem:?}")
        }
    }
    let mut found = Vec::new();
    ENGINE.run(&inputs(folder.path()), &Places, &|_| {}, &mut |lines| found.extend(lines));
    // The three shops, and the two others that name them.
    assert_eq!(found, [vec![3, 8, 13, 24, 28]]);
}

#[test]
fn ids_of_every_other_kind_are_known_as_such() {
    let others = [
        ("Order", "id: x-1", "订单"),
        ("Brand", "id: x-1\nname: 云山", "品牌资质"),
        ("Account", "id: x-1", "关联账号"),
        ("Category", "id: x-1\nname: 茶", "类目"),
        ("LiveRoom", "id: x-1\ntitle: 新茶上市", "直播间"),
        ("Product", "id: x-1\ntitle: 云山明前绿茶", "商品"),
        ("Stock", "sku: x-1\nquantity: 5", "库存"),
    ];
    for (kind, fields, title) in others {
        let text = format!(
            "kind: Shop\nid: s1\nsystem: douyin\nname: 云山茶铺\n---\nkind: {kind}\n{fields}\n---\n\
             kind: Account\nid: a\nshop: x-1\n"
        );
        let found = judged(&[("a.yaml", &text)]);
        let [(message, words)] = of(&found, "accounts/shop")[..] else { panic!("{kind}: {found:?}") };
        assert!(words == "x-1" && message.contains(title), "{kind}: {message}");
    }
}

#[test]
fn a_product_that_names_another_shop_than_the_one_around_it_is_told() {
    let shop = |named: &str| {
        let text = format!(
            "kind: Shop\nid: s1\nsystem: douyin\nname: 云山茶铺\nproducts:\n  - {{id: a, title: 云山茶, shop: {named}}}\n---\n\
             kind: Shop\nid: s2\nsystem: douyin\nname: 晴川茶铺\n"
        );
        let found = judged(&[("a.yaml", &text)]);
        of(&found, "product/shop").iter().map(|(message, words)| format!("{words}: {message}")).collect::<Vec<_>>()
    };
    for named in ["s1", "\" ｓ1\"", "云山茶铺", "雲山茶铺"] {
        assert_eq!(shop(named), [""; 0], "{named}");
    }
    for named in ["s2", "晴川茶铺", "nowhere"] {
        let told = shop(named);
        assert!(told.len() == 1 && told[0].contains("s1") && told[0].contains(named), "{told:?}");
    }
}

#[test]
fn a_brand_that_says_its_shop_by_name_is_taken_by_that_one() {
    let shop = |id: &str, name: &str| {
        format!("---\nkind: Shop\nid: {id}\nsystem: weixin-store\nname: {name}\nbrand: {{name: 云山}}\n")
    };
    let brand = |shop: &str| format!("---\nkind: Brand\nid: b\nname: 云山\nshop: {shop}\nclassification: 77\n");
    let told = |text: &str| {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("a.yaml"), text).unwrap();
        struct Shops;
        impl Render for Shops {
            type Out = Option<String>;
            fn finding(&self, finding: Finding) -> Self::Out {
                let is_meant = finding.rule.id == "brand/classification" && &*finding.record.kind == "Shop";
                is_meant.then(|| finding.record.id.unwrap_or_default())
            }
            fn problem(&self, problem: Problem) -> Self::Out {
                panic!("{problem:?}")
            }
        }
        let mut shops = Vec::new();
        ENGINE.run(&inputs(folder.path()), &Shops, &|_| {}, &mut |found| shops.extend(found));
        shops
    };
    let two = shop("s1", "云山茶铺") + &shop("s2", "晴川茶铺");
    for (named, expected) in [("s1", "s1"), ("云山茶铺", "s1"), ("\" 雲山茶铺\"", "s1"), ("晴川茶铺", "s2")]
    {
        assert_eq!(told(&(two.clone() + &brand(named))), [expected], "{named}");
    }
    assert_eq!(told(&(shop("s1", "云山茶铺") + &shop("s2", "云山茶铺") + &brand("云山茶铺"))), [""; 0]);
}
