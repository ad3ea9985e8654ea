//! Workbooks of other formats: `.xls`, `.xlsb`, `.ods`, web pages and text under the name of a workbook.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::folder::Folder;

const NAMING: [&str; 6] = ["check", ".", "--only", "naming/store-type-words", "--format", "short"];

/// Checks one file and returns what is told of it.
fn check(name: &str, bytes: &[u8]) -> (Folder, String, i32) {
    let folder = Folder::new();
    folder.write(name, bytes);
    let ran = folder.run(&[&NAMING[..], &["--lang", "zh", "--no-config"]].concat());
    (folder, ran.out, ran.code)
}

/// A record of an `.xls`.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

/// An `.xls` with one sheet of these texts, by row and column.
fn xls(cells: &[(u16, u16, &str)]) -> Vec<u8> {
    let begin = |kind: u16| record(0x0809, &[&[0, 6][..], &kind.to_le_bytes(), &[0; 12]].concat());
    let mut sheet = begin(0x10);
    for (row, column, text) in cells {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let place =
            [row.to_le_bytes(), column.to_le_bytes(), [0, 0], ((units.len() / 2) as u16).to_le_bytes()].concat();
        sheet.extend(record(0x0204, &[&place[..], &[1], &units].concat()));
    }
    sheet.extend(record(0x000a, &[]));
    let name: Vec<u8> = "店铺".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let globals = |at: u32| {
        let bound = [&at.to_le_bytes()[..], &[0, 0, 2, 1], &name].concat();
        [begin(5), record(0x0085, &bound), record(0x000a, &[])].concat()
    };
    let at = globals(0).len() as u32;
    let mut stream = [globals(at), sheet].concat();
    stream.resize(stream.len().max(4_096).next_multiple_of(512), 0);
    let sectors = stream.len() / 512;
    let mut file = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    file.resize(512, 0);
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(24, &[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    put(44, &1_u32.to_le_bytes());
    put(48, &1_u32.to_le_bytes());
    put(56, &4_096_u32.to_le_bytes());
    put(60, &[0xfe, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
    put(76, &[0xff; 436]);
    put(76, &0_u32.to_le_bytes());
    // The table is sector 0, the directory sector 1, the stream lies behind.
    let end = 0xffff_fffe_u32;
    let mut table = vec![0xffff_fffd_u32, end];
    table.extend((0..sectors as u32).map(|at| if at + 1 == sectors as u32 { end } else { at + 3 }));
    table.resize(128, u32::MAX);
    file.extend(table.iter().flat_map(|next| next.to_le_bytes()));
    let entry = |name: &str, kind: u8, child: u32, start: u32, size: u32| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = entry.len() as u16 + 2;
        entry.resize(64, 0);
        entry.extend(length.to_le_bytes());
        entry.extend([kind, 1]);
        entry.extend([0xff; 8]);
        entry.extend(child.to_le_bytes());
        entry.resize(116, 0);
        entry.extend(start.to_le_bytes());
        entry.extend(size.to_le_bytes());
        entry.resize(128, 0);
        entry
    };
    file.extend(entry("Root Entry", 5, 1, end, 0));
    file.extend(entry("Workbook", 2, u32::MAX, 2, stream.len() as u32));
    file.resize(512 * 3, 0);
    file.extend(stream);
    file
}

/// An `.xlsb` with one sheet of these texts, by row and column, in the order of both.
fn xlsb(cells: &[(u32, u32, &str)]) -> Vec<u8> {
    let wide = |text: &str| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&(units.len() as u32 / 2).to_le_bytes()[..], &units].concat()
    };
    let varying = |mut number: usize| {
        let mut bytes = Vec::new();
        while number > 0x7f {
            bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    };
    // A kind of two bytes has the top bit of its first one.
    let record = |kind: u16, data: &[u8]| {
        let kind = if kind < 0x80 { vec![kind as u8] } else { vec![kind as u8 | 0x80, (kind >> 7) as u8] };
        [&kind[..], &varying(data.len()), data].concat()
    };
    let numbers = |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    let bundle = [numbers(&[0, 1]), wide("r1"), wide("店铺")].concat();
    let book =
        [record(0x83, &[]), record(0x8f, &[]), record(0x9c, &bundle), record(0x90, &[]), record(0x84, &[])].concat();
    let last = |of: fn(&(u32, u32, &str)) -> u32| cells.iter().map(of).max().unwrap_or_default();
    let size = numbers(&[0, last(|cell| cell.0), 0, last(|cell| cell.1)]);
    let mut sheet = [record(0x81, &[]), record(0x94, &size), record(0x91, &[])].concat();
    let mut row = None;
    for (at, column, text) in cells {
        if row.replace(*at) != Some(*at) {
            sheet.extend(record(0, &[numbers(&[*at, 0]), vec![0; 9]].concat()));
        }
        sheet.extend(record(6, &[numbers(&[*column, 0]), wide(text)].concat()));
    }
    sheet.extend([record(0x92, &[]), record(0x82, &[])].concat());
    let relations = |kind: &str, target: &str| {
        format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"{target}\"/></Relationships>").into_bytes()
    };
    let types = b"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"bin\" ContentType=\"application/vnd.ms-excel.sheet.binary.macroEnabled.main\"/></Types>".to_vec();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [
        ("[Content_Types].xml", types),
        ("_rels/.rels", relations("officeDocument", "xl/workbook.bin")),
        ("xl/workbook.bin", book),
        ("xl/_rels/workbook.bin.rels", relations("worksheet", "worksheets/sheet1.bin")),
        ("xl/worksheets/sheet1.bin", sheet),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(&content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn new_binary_workbooks_are_read_at_their_cells() {
    let cells = [
        (0, 0, "店铺编号"),
        (0, 1, "店铺名称"),
        (0, 2, "店铺体系"),
        (3, 0, "a"),
        (3, 1, "云山旗舰店"),
        (3, 2, "微信小店"),
    ];
    let (_, out, code) = check("店.xlsb", &xlsb(&cells));
    assert!(code == 1 && out.contains("店.xlsb · 店铺!B4: error[naming/store-type-words]"), "{out}");
    let good = xlsb(&cells);
    for cut in (8..good.len()).step_by(131) {
        let (_, out, code) = check("店.xlsb", &good[..cut]);
        assert!(code == 2, "{cut}: {out}");
    }
}

fn ods(content: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("mimetype", stored).unwrap();
    zip.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
    zip.start_file("content.xml", SimpleFileOptions::default()).unwrap();
    let spaces = "xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"";
    let document = format!(
        "<office:document-content {spaces}><office:body><office:spreadsheet>{content}</office:spreadsheet></office:body></office:document-content>"
    );
    zip.write_all(document.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn old_binary_workbooks_are_read_at_their_cells() {
    let cells = [
        (0, 0, "店铺编号"),
        (0, 1, "店铺名称"),
        (0, 2, "店铺体系"),
        (2, 0, "a"),
        (2, 1, "云山旗舰店"),
        (2, 2, "微信小店"),
    ];
    for name in ["店.xls", "店.et"] {
        let (_, out, code) = check(name, &xls(&cells));
        assert!(out.contains(&format!("{name} · 店铺!B3: error[naming/store-type-words]")), "{out}");
        assert_eq!(code, 1, "{out}");
    }
    // Two cells as far apart as can be, in a file of five thousand bytes.
    let (_, out, code) = check("店.xls", &xls(&[(0, 0, "店铺名称"), (65_535, 255, "云山")]));
    assert!(code == 2 && out.contains("单元格超过"), "{out}");
    let good = xls(&cells);
    for cut in (8..good.len()).step_by(301) {
        let (_, out, code) = check("店.xls", &good[..cut]);
        assert!(code == 2 || out.contains("naming/"), "{cut}: {out}");
    }
    for at in (512..good.len()).step_by(97) {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        check("店.xls", &bad);
    }
}

#[test]
fn open_documents_and_web_pages_are_read_at_their_cells() {
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let rows = format!(
        "<table:table table:name=\"店铺\"><table:table-row>{}{}{}</table:table-row>\
         <table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"16000\"/></table:table-row>\
         <table:table-row>{}{}{}</table:table-row>\
         <table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell/></table:table-row></table:table>",
        cell("店铺编号"),
        cell("店铺名称"),
        cell("店铺体系"),
        cell("a"),
        cell("云山<text:s/>旗舰店"),
        cell("微信小店")
    );
    let (_, out, code) = check("店.ods", &ods(&rows));
    assert!(code == 1 && out.contains("店.ods · 店铺!B4: error[naming/store-type-words]"), "{out}");
    let bomb = "<table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell table:number-columns-repeated=\"16000\"><text:p>店</text:p></table:table-cell></table:table-row></table:table>";
    let (_, out, code) = check("店.ods", &ods(bomb));
    assert!(code == 2 && out.contains("单元格超过"), "{out}");
    let page = "<html><head><meta charset=gbk><style>td{}</style></head><body><table border=1><tr><th>店铺编号</th><th>店铺名称<th>店铺体系</tr>\
                <tr><td rowspan=2>a</td><td>云山旗舰店</td><td>微信小店</td></tr><tr><td>x&amp;y</td><td>微信小店</td></tr></table></body></html>";
    let (folder, out, code) = check("店.xls", &encoding_rs::GBK.encode(page).0);
    assert!(code == 1 && out.contains("店.xls · Sheet1!B2: error[naming/store-type-words]"), "{out}");
    let before = std::fs::read(folder.path("店.xls")).unwrap();
    let fixed =
        folder.run(&["check", ".", "--only", "naming/store-type-words", "--fix=unsafe", "--lang", "zh", "--no-config"]);
    assert_eq!(std::fs::read(folder.path("店.xls")).unwrap(), before);
    assert!(fixed.err.contains("“店.xls”只能读") && fixed.err.contains("店.xlsx"), "{}{}", fixed.out, fixed.err);
    let checked = folder.run(&["check", "店.xlsx", "--only", "naming/store-type-words", "--no-config"]);
    assert_eq!(checked.code, 0, "{}{}", checked.out, checked.err);
    // What is there is never replaced.
    let copy = std::fs::read(folder.path("店.xlsx")).unwrap();
    let again = folder.run(&[
        "check",
        "店.xls",
        "--only",
        "naming/store-type-words",
        "--fix=unsafe",
        "--lang",
        "zh",
        "--no-config",
    ]);
    assert!(again.out.contains("已经有这个文件") && again.code == 2, "{}{}", again.out, again.err);
    assert_eq!(std::fs::read(folder.path("店.xlsx")).unwrap(), copy);
    let text = "店铺编号\t店铺名称\t店铺体系\na\t云山旗舰店\t微信小店\n";
    let (_, out, code) = check("店.xls", &encoding_rs::GBK.encode(text).0);
    assert!(code == 1 && out.contains("店.xls:2:5: error[naming/store-type-words]"), "{out}");
}
