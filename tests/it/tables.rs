//! Tables: fields and record borders against the `csv` crate, parts of any size, encodings, places, edits; and the
//! command on tables as people make them.

use std::fs;
use std::io::Cursor;
use std::sync::Arc;

use dianjian_document::edit::{EditSet, apply, replace_in_scalar};
use dianjian_document::source::{
    CsvFields, CsvTable, Encoded, SourceFile, TableChunks, TableColumn, TableHeader, TextEncoding,
};
use dianjian_document::tree::{Format, Limits, Tree, parse};
use proptest::prelude::*;

use crate::folder::{Folder, Ran};

/// A header over `columns` columns without a row of its own.
fn header(columns: usize) -> TableHeader {
    let column = |number: usize| {
        let name: Arc<str> = format!("c{number}").into();
        TableColumn { heading: Arc::clone(&name), key: Some(name), ..TableColumn::default() }
    };
    TableHeader { columns: (0..columns).map(column).collect(), mapping: Some(0), ..TableHeader::default() }
}

/// The parts of a table.
fn parts(chunks: TableChunks<'_>, chunk: usize, delimiter: u8) -> Vec<SourceFile> {
    let chunks = chunks.with_delimiter(Some(delimiter)).with_limits(chunk, &Limits::default());
    chunks.map(|part| part.unwrap_or_else(|error| panic!("{error}"))).collect()
}

/// The fields of a part's records, and whether anything is wrong with one of them.
fn records(part: &SourceFile, delimiter: u8) -> (Vec<Vec<String>>, bool) {
    let mut has_fault = false;
    let mut record = |start: &u32| {
        let fields = CsvFields::of(part.text(), *start, delimiter).inspect(|field| has_fault |= field.fault.is_some());
        fields.map(|field| field.text(part.text()).into_owned()).collect::<Vec<_>>()
    };
    let records = part.record_starts().iter().map(&mut record).collect();
    (records, has_fault)
}

/// Reads a text in parts, and makes sure that they are the text.
fn read(text: &str, chunk: usize, delimiter: u8) -> (Vec<Vec<String>>, bool) {
    let headings = |_: &[Vec<String>]| header(3);
    let parts = parts(TableChunks::from_text("a.csv", text.into(), &headings), chunk, delimiter);
    let (mut all, mut has_fault) = (Vec::new(), false);
    let mut joined = String::new();
    let whole = SourceFile::new("a.csv", text);
    for part in &parts {
        assert_eq!(part.base_offset(), joined.len() as u64);
        assert_eq!(part.first_record(), all.len() as u64);
        assert_eq!(part.position(0).line, whole.position(joined.len() as u32).line);
        // A part is where its share of the text begins, or the record that reaches into it ends.
        let share = part.base_offset() / chunk as u64;
        assert!(
            part.record_starts().iter().all(|start| (part.base_offset() + u64::from(*start)) / chunk as u64 == share)
        );
        let (records, fault) = records(part, delimiter);
        all.extend(records);
        has_fault |= fault;
        joined.push_str(part.text());
    }
    assert_eq!(joined, text);
    (all, has_fault)
}

fn by_csv(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut builder = csv::ReaderBuilder::new();
    let mut reader = builder.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Texts in which everything that means something is frequent.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![",", ";", "\"", "\"\"", "\n", "\r\n", "\r", "a", "店", " ", "\",\"", "\"\n"]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn cells() -> impl Strategy<Value = Vec<Vec<String>>> {
    let cell = prop::string::string_regex("[a店铺 ,;\"\n\r🍵]{0,12}").unwrap();
    prop::collection::vec(prop::collection::vec(cell, 1..6), 1..20)
}

fn written(rows: &[Vec<String>], delimiter: u8, style: csv::QuoteStyle) -> String {
    let mut builder = csv::WriterBuilder::new();
    let mut writer = builder.flexible(true).delimiter(delimiter).quote_style(style).from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn fields_are_those_of_the_csv_crate(text in texts(), chunk in 1_usize..40, semicolon: bool) {
        let delimiter = if semicolon { b';' } else { b',' };
        let (whole, has_fault) = read(&text, 1 << 20, delimiter);
        // However it is cut, the same records come out, also where quotes are wrong.
        prop_assert_eq!(&read(&text, chunk, delimiter).0, &whole);
        if !has_fault {
            prop_assert_eq!(whole, by_csv(&text, delimiter));
        }
    }

    #[test]
    fn what_is_written_is_read(rows in cells(), chunk in 1_usize..200, always: bool) {
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let text = written(&rows, b',', style);
        prop_assert_eq!(read(&text, chunk, b','), (rows, false));
    }

    #[test]
    fn every_encoding_gives_the_same_text(rows in cells(), chunk in 1_usize..200) {
        let text = format!("店铺名称,备注\n{}", written(&rows, b',', csv::QuoteStyle::Necessary));
        let headings = |_: &[Vec<String>]| header(6);
        for encoding in [TextEncoding::Utf8, TextEncoding::Utf16Le, TextEncoding::Utf16Be, TextEncoding::Gb18030] {
            // Only a mark says for sure that bytes are UTF-16.
            let is_wide = matches!(encoding, TextEncoding::Utf16Le | TextEncoding::Utf16Be);
            let text = if is_wide { format!("\u{feff}{text}") } else { text.clone() };
            let bytes = encoding.encode(&text).unwrap();
            let parts = parts(TableChunks::from_stream("a.csv", Cursor::new(bytes), &headings), chunk, b',');
            let joined: String = parts.iter().map(SourceFile::text).collect();
            prop_assert_eq!(joined, text);
            for part in &parts {
                let table = part.table().unwrap();
                prop_assert_eq!(table.encoding, encoding);
                let range = part.base_offset()..part.base_offset() + part.text().len() as u64;
                prop_assert_eq!(table.store.read(range).unwrap(), part.text());
            }
        }
    }

    #[test]
    fn an_edit_of_a_cell_changes_that_cell(
        rows in cells(),
        at in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
        new in "[b铺,\"\n;]{0,6}",
    ) {
        let text = written(&rows, b',', csv::QuoteStyle::Necessary);
        let table = |text: &str| {
            let headings = |_: &[Vec<String>]| header(6);
            parts(TableChunks::from_text("a.csv", text.into(), &headings), 1 << 20, b',').remove(0)
        };
        let source = table(&text);
        let mut edit = None;
        let mut number = 0;
        let filled = |cell: &&String| !cell.trim().is_empty();
        let count = rows.iter().flatten().filter(filled).count();
        prop_assume!(count > 0);
        let problems = parse(&source, Format::Csv, &Limits::default(), &mut Tree::new(), &mut |row| {
            for (_, cell) in row.entries().filter(|(_, cell)| !cell.is_null()) {
                if number == at.index(count) {
                    let value = cell.scalar().unwrap();
                    let start = value.floor_char_boundary(from.index(value.len() + 1));
                    edit = Some(replace_in_scalar(cell, start..value.len(), &new).unwrap());
                }
                number += 1;
            }
        });
        prop_assert!(problems.is_empty());
        prop_assert_eq!(number, count);
        let after = apply(&text, &EditSet::new(edit).unwrap());
        let mut expected = rows.clone();
        let cell = expected.iter_mut().flatten().filter(|cell| !cell.trim().is_empty()).nth(at.index(count)).unwrap();
        let value = cell.trim();
        let lead = cell.len() - cell.trim_start().len();
        let start = value.floor_char_boundary(from.index(value.len() + 1));
        *cell = format!("{}{new}{}", &cell[..lead + start], &cell[lead + value.len()..]);
        // A row whose only cell becomes empty is no row any more, unless it is in quotes.
        prop_assume!(!cell.is_empty());
        let (found, has_fault) = read(&after, 1 << 20, b',');
        prop_assert!(!has_fault);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn every_place_names_its_field(rows in cells(), chunk in 1_usize..200) {
        let text = written(&rows, b',', csv::QuoteStyle::Necessary);
        let headings = |_: &[Vec<String>]| header(6);
        for part in parts(TableChunks::from_text("a.csv", text.as_str().into(), &headings), chunk, b',') {
            for offset in 0..part.text().len() as u32 {
                let Some(place) = part.field_at(offset) else { continue };
                let row = &rows[place.record as usize];
                prop_assert!(place.field < row.len());
                let inner = part.slice(place.span);
                let expected = &row[place.field];
                let quoted = format!("\"{}\"", expected.replace('"', "\"\""));
                prop_assert!(inner == expected || inner == quoted);
            }
        }
    }
}

/// A folder with these files.
fn with(files: &[(&str, Vec<u8>)]) -> Folder {
    let folder = Folder::new();
    files.iter().for_each(|(name, bytes)| folder.write(name, bytes));
    folder
}

fn bytes(folder: &Folder, name: &str) -> Vec<u8> {
    fs::read(folder.path(name)).unwrap()
}

/// The exit status and what was printed.
fn printed(ran: &Ran) -> String {
    format!("exit status: {}\n{}{}", ran.code, ran.out, ran.err)
}

fn check(folder: &Folder, args: &[&str]) -> String {
    let mut all = vec!["check", "--as-of", "2026-11-22"];
    all.extend(args);
    printed(&folder.run(&all))
}

/// A fleet as merchants keep it: titles above the headings, remarks in them, a cell with a line break.
const FLEET: &str = "2026年11月店铺清单,,,,,,\r\n,,,,,,\r\n序号,店铺名称（必填）*,店铺体系,主体类型,统一社会信用代码,\"已缴保证金\r\n(元)\",业务员\r\n1,云山旗舰店,微信小店,企业,91000000MA0YN0011J,\"￥5,000.00\",小王\r\n2,\"南枝\"\"官方\"\"店\",微信小店,企业,9.14403E+17,2万,小李\r\n";

fn gbk(text: &str) -> Vec<u8> {
    TextEncoding::Gb18030.encode(text).unwrap()
}

#[test]
fn a_fleet_in_gbk() {
    let folder = with(&[("fleet.csv", gbk(FLEET))]);
    for lang in ["zh", "en"] {
        let shown = check(&folder, &["fleet.csv", "--lang", lang]);
        insta::assert_snapshot!(format!("a_fleet_in_gbk_{lang}"), shown);
    }
    insta::assert_snapshot!("a_fleet_in_gbk_json", check(&folder, &["fleet.csv", "--lang", "en", "--format", "json"]));
}

#[test]
fn the_same_table_in_any_encoding_and_with_any_delimiter() {
    let short = |text: &str, delimiter: &str| text.replace("5,000", "5000").replace(',', delimiter);
    let folder = with(&[
        ("a.csv", FLEET.replace("5,000", "5000").into_bytes()),
        ("b.csv", gbk(&short(FLEET, ";"))),
        ("c.csv", TextEncoding::Utf16Le.encode(&format!("\u{feff}{}", short(FLEET, "\t"))).unwrap()),
        ("d.tsv", short(FLEET, "\t").into_bytes()),
        ("e.csv", format!("sep=|\r\n{}", short(FLEET, "|")).into_bytes()),
        ("f.txt", format!("\u{feff}{}", short(FLEET, ",")).into_bytes()),
    ]);
    let lines = |name: &str, skipped: usize| {
        let shown = check(&folder, &[name, "--lang", "en", "--format", "short"]);
        let line = |line: &str| line.split_once(' ').map(|(_, message)| message.to_owned());
        let places = |line: &str| line.split(':').nth(1).and_then(|line| line.parse::<usize>().ok());
        let found: Vec<_> = shown.lines().filter(|line| line.contains('[')).collect();
        assert!(found.iter().all(|line| places(line).is_some_and(|line| line > 3 + skipped)), "{shown}");
        found.into_iter().filter_map(line).collect::<Vec<_>>()
    };
    let expected = lines("a.csv", 0);
    assert!(expected.len() > 4, "{expected:?}");
    for name in ["b.csv", "c.csv", "d.tsv", "f.txt"] {
        assert_eq!(lines(name, 0), expected, "{name}");
    }
    assert_eq!(lines("e.csv", 1), expected);
    let by_stdin = |name: &str| {
        let args = ["check", "-", "--as-of", "2026-11-22", "--lang", "en", "--format", "short"];
        let input = fs::File::open(folder.path(name)).unwrap();
        let shown = Ran::from(folder.command(&args).stdin(input).output().unwrap()).out;
        shown.lines().filter(|line| line.contains('[')).count()
    };
    for name in ["a.csv", "b.csv", "c.csv"] {
        assert_eq!(by_stdin(name), expected.len(), "{name}");
    }
}

#[test]
fn fixes_keep_every_other_byte() {
    let wide = |text: &str| TextEncoding::Utf16Be.encode(&format!("\u{feff}{text}")).unwrap();
    let folder = with(&[("a.csv", gbk(FLEET)), ("b.csv", wide(FLEET)), ("c.csv", FLEET.as_bytes().to_vec())]);
    for name in ["a.csv", "b.csv", "c.csv"] {
        check(&folder, &[name, "--fix=unsafe", "--only", "naming/store-type-words"]);
    }
    let mended = FLEET.replace("云山旗舰店", "云山");
    assert_eq!(bytes(&folder, "a.csv"), gbk(&mended));
    assert_eq!(bytes(&folder, "b.csv"), wide(&mended));
    assert_eq!(bytes(&folder, "c.csv"), mended.as_bytes());
    assert_eq!(Encoded::decode("a.csv", bytes(&folder, "a.csv")).unwrap().encoding(), TextEncoding::Gb18030);
}

#[test]
fn a_diff_of_a_table_is_one_of_its_text_and_changes_nothing() {
    let folder = with(&[("a.csv", gbk(FLEET))]);
    let shown =
        check(&folder, &["a.csv", "--fix=unsafe", "--diff", "--only", "naming/store-type-words", "--lang", "en"]);
    let row = |name: &str| format!("1,{name},微信小店,企业,91000000MA0YN0011J,\"￥5,000.00\",小王\r\n");
    assert!(shown.contains(&format!("-{}+{}", row("云山旗舰店"), row("云山"))), "{shown}");
    assert_eq!(bytes(&folder, "a.csv"), gbk(FLEET));
}

#[test]
fn fields_are_set_and_items_removed_in_their_cells() {
    let before = "店铺编号;店铺名称;视频号;品牌标识;备注\r\n\
                  a;云山;茶一、茶二、茶一、茶三;;x\r\n\
                  b;雾里;\"茶一\r\n\"\"茶二\"\"\r\n茶一\";品牌自营\r\n\
                  c;老街;茶一\r\n";
    let after = "店铺编号;店铺名称;视频号;品牌标识;备注\r\n\
                 a;云山;茶一、茶二、茶三;品牌授权;x\r\n\
                 b;雾里;\"茶一\r\n\"\"茶二\"\"\";品牌自营\r\n\
                 c;老街;茶一;品牌授权\r\n";
    let folder = with(&[("a.csv", before.into())]);
    for (name, check, fix) in [
        ("mark", "{at: brand.mark, exists: true}", "{set: brand.mark, to: authorised, applicability: safe}"),
        ("twice", "{at: accounts.channels, unique: true}", "{remove: entry, applicability: safe}"),
        ("service", "{at: customer_service, exists: true}", "{set: customer_service, to: store, applicability: safe}"),
    ] {
        folder.write_rule(name, check, fix);
    }
    let shown = check(&folder, &["a.csv", "--rules", "house", "--only", "house/*", "--lang", "zh"]);
    let none = "修复：把 customer_service 设为 store：表格没有“客服”这一列，不能在表格里修复（需人工处理）";
    assert!(shown.contains(none), "{shown}");
    let fixed = check(&folder, &["a.csv", "--rules", "house", "--only", "house/*", "--fix", "--lang", "en"]);
    assert_eq!(String::from_utf8(bytes(&folder, "a.csv")).unwrap(), after, "{fixed}");
    assert!(fixed.contains("fixed 4 findings in 1 file"), "{fixed}");
}

#[test]
fn a_table_is_told_in_its_own_words() {
    let table = "店铺名称,店铺体系,品牌,授权关系,品牌标识\n雾里茶具,微信小店,雾里,一级授权,品牌自营\n";
    let folder = with(&[("a.csv", table.into())]);
    let args = ["a.csv", "--only", "brand/mark", "--lang", "zh"];
    let shown = check(&folder, &args);
    assert!(shown.contains("品牌标识应为“品牌授权”，写的是“品牌自营”"), "{shown}");
    assert!(shown.contains("把“品牌自营”改为“品牌授权”"), "{shown}");
    check(&folder, &[&args[..], &["--fix=unsafe"]].concat());
    assert_eq!(bytes(&folder, "a.csv"), table.replace("品牌自营", "品牌授权").into_bytes());
    // The blank before what is removed goes with it.
    folder.write("a.csv", "Shop name,Platform\nMist flagship 旗舰店,WeChat store\n");
    check(&folder, &["a.csv", "--only", "naming/store-type-words", "--fix=unsafe"]);
    assert!(String::from_utf8(bytes(&folder, "a.csv")).unwrap().ends_with(",WeChat store\n"));
    assert!(!String::from_utf8(bytes(&folder, "a.csv")).unwrap().contains(" ,"));
}

#[test]
fn what_is_no_text_at_all_is_told_once() {
    let (big5, _, _) = encoding_rs::BIG5.encode("店鋪名稱,店鋪體系\n雲山旗艦店,微信小店\n霧裡茶具,微信小店\n");
    let packed: Vec<u8> = (0..5_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let folder = with(&[("a.csv", big5.into_owned()), ("b.csv", packed)]);
    let shown = |name| check(&folder, &[name, "--lang", "zh", "--format", "short"]);
    assert!(shown("a.csv").contains("a.csv:2:3: error[naming/store-type-words]"), "{}", shown("a.csv"));
    let packed = shown("b.csv");
    assert!(packed.starts_with("exit status: 2"), "{packed}");
    assert_eq!(packed.matches("error[problem]").count(), 1, "{packed}");
}

#[test]
fn what_is_wrong_with_a_table_is_told_where_it_is() {
    let folder = with(&[
        ("unknown.csv", "店铺名陈,体系\n云山,微信小店\n".into()),
        ("ragged.csv", "店铺名称,店铺体系\n云山茶业,微信小店,多余\n南枝\n\"晨记,微信小店\n合记,微信小店,\n".into()),
        ("twice.csv", "店铺名称,店铺体系,店铺名称\n云山茶业,微信小店,云山\n".into()),
        ("damaged.csv", [gbk("店铺名称,店铺体系\n云山茶业,微信小店\n南枝"), b"\xff,a\0b\n".to_vec()].concat()),
        ("missing.csv", "店铺名称,主体类型\n云山茶业,企业\n南枝,企业\n".into()),
        ("empty.csv", Vec::new()),
        ("binary.csv", vec![0, 159, 146, 150, 0, 0, 255, 10, 0, 3]),
    ]);
    for name in ["unknown", "ragged", "twice", "damaged", "missing", "empty", "binary"] {
        for lang in ["zh", "en"] {
            let shown = check(&folder, &[&format!("{name}.csv"), "--lang", lang, "--format", "short"]);
            insta::assert_snapshot!(format!("wrong_{name}_{lang}"), shown);
        }
    }
}

#[test]
fn rules_over_all_records_look_at_rows_again() {
    let mut rows = String::from("店铺编号,店铺名称,店铺体系,备注\n");
    for number in 0..4_000 {
        let id = if number == 3_999 { 7 } else { number };
        rows.push_str(&format!("shop-{id},云山茶业{number}号,微信小店,\"{}\n{}\"\n", "备注".repeat(20), number));
    }
    let folder = with(&[("a.csv", rows.clone().into_bytes()), ("b.csv", gbk(&rows))]);
    let (at, other) = (2 + 3_999 * 2, 2 + 7 * 2);
    for name in ["a.csv", "b.csv"] {
        let shown = check(&folder, &[name, "--only", "record/shop-id", "--lang", "en"]);
        let lines = [format!("{name}:{at}:1"), format!("{name}:{other}:1")];
        assert!(lines.iter().any(|line| shown.contains(line)), "{shown}");
        assert!(shown.contains("stands for 2 shops"), "{shown}");
    }
}

#[test]
fn a_table_of_its_own_layout_is_read_by_a_mapping() {
    let mapping = "mapping: ours\ntitle: {zh: 本公司, en: ours}\nkind: Shop\nrecognise: {has: [客户简称, 执照]}\nfields:\n  name: 客户简称\n  subject.licence: 执照\n  system: {const: weixin-store}\n";
    let folder = with(&[
        ("ours.csv", "导出于 2026 年,\n执照,客户 简称,额外\n9.1E+17,云山旗舰店,x\n".into()),
        ("ours.yaml", mapping.into()),
    ]);
    let shown = check(&folder, &["ours.csv", "--mapping", "ours.yaml", "--lang", "en", "--format", "short"]);
    for expected in [
        "ours.csv:3:1: error[table/damaged-number]",
        "ours.csv:3:11: error[naming/store-type-words]",
        "ours.csv:2:10: info[record/unknown-field]",
    ] {
        assert!(shown.contains(expected), "{shown}");
    }
}

#[test]
fn rows_that_are_no_records_are_passed_over() {
    let text =
        "序号,店铺名称,店铺体系\n1,云山茶业,微信小店\n,,\n序号,店铺名称,店铺体系\n2,南枝茶具,微信小店\n合计：,,2\n";
    let folder = with(&[("a.csv", text.into())]);
    let shown = check(&folder, &["a.csv", "--lang", "en"]);
    assert!(shown.contains("· 2 records ·") && shown.starts_with("exit status: 0"), "{shown}");
}

#[test]
fn a_baseline_knows_rows_again() {
    // What a spreadsheet destroyed no baseline hides.
    let fleet = FLEET.replace("9.14403E+17", "91000000MA0NY010X7");
    let folder = with(&[("a.csv", gbk(&fleet))]);
    folder.run(&["baseline", "create", "--baseline", "known.json", "a.csv", "--as-of", "2026-11-22"]);
    let shown = check(&folder, &["a.csv", "--baseline", "known.json", "--lang", "en"]);
    assert!(shown.starts_with("exit status: 0") && shown.contains("baseline"), "{shown}");
    folder.write("a.csv", gbk(&fleet.replace("\r\n1,", "\r\n0,晨记茶业,未知,企业,,,\r\n1,")));
    let shown = check(&folder, &["a.csv", "--baseline", "known.json", "--lang", "en", "--format", "short"]);
    let new: Vec<_> = shown.lines().filter(|line| line.starts_with("a.csv")).collect();
    assert!(!new.is_empty() && new.iter().all(|line| line.starts_with("a.csv:5:")), "{shown}");
}

#[test]
fn every_part_shares_one_table() {
    let text: String = (0..100).map(|number| format!("{number},云山\n")).collect();
    let headings = |_: &[Vec<String>]| header(2);
    let parts = parts(TableChunks::from_text("a.csv", text.as_str().into(), &headings), 100, b',');
    assert!(parts.len() > 5);
    let first: &Arc<CsvTable> = parts[0].table().unwrap();
    assert!(parts.iter().all(|part| Arc::ptr_eq(part.table().unwrap(), first)));
}
