//! Workbooks: a sheet of many shops read, checked and reported, against calamine reading the same file.

use std::path::Path;

use calamine::{Reader, Xlsx};
use corpus::Fleet;
use dianjian_xlsx::{SheetRow, Workbook};

use crate::shared::{best, check, inputs, number, peak, shipped_pack, written};

fn read(path: &Path) -> usize {
    let mut book = Workbook::open(path).expect("the workbook");
    let mut reader = book.rows(0).expect("a sheet");
    let (mut row, mut cells) = (SheetRow::default(), 0);
    while reader.next_row(&mut row).expect("a good row") {
        cells += row.cells.len();
    }
    cells
}

fn read_by_calamine(path: &Path) -> usize {
    let mut book: Xlsx<_> = calamine::open_workbook(path).expect("the workbook");
    let mut cells = 0;
    let name = book.sheet_names()[0].clone();
    let mut reader = book.worksheet_cells_reader(&name).expect("a sheet");
    while let Some(cell) = reader.next_cell().expect("a good cell") {
        std::hint::black_box(cell);
        cells += 1;
    }
    cells
}

pub fn run() {
    let rows = number("XLSX_ROWS", 100_000);
    let path = written(&format!("shops-{rows}.xlsx"), |path| Fleet::shops(1).write_xlsx(path, rows));
    let (pack, inputs) = (shipped_pack(), inputs(&path));
    let mut findings = 0;
    let [whole] = best(
        3,
        [&mut || {
            let (found, totals) = check(&pack, &inputs);
            assert_eq!(totals.records.values().sum::<usize>(), rows, "every row is a shop");
            findings = found;
        }],
    );
    println!("{rows} rows, whole pack: {whole:.2?} ({findings} findings), at most {} MiB", peak());
    let (mut cells, mut same) = (0, 0);
    let [own, other] = best(3, [&mut || cells = read(&path), &mut || same = read_by_calamine(&path)]);
    assert_eq!(cells, same, "both readers see the same cells");
    let ratio = own.as_secs_f64() / other.as_secs_f64();
    println!("  {cells} cells read alone: {own:.2?}; by calamine: {other:.2?}, so {ratio:.2} of its time");
}
