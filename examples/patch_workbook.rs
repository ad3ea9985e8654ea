//! Changes one cell of a workbook; every other byte of the package stays as it was.
//!
//! `cargo run --example patch_workbook`
#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use std::error::Error;
use std::fs::File;
use std::path::Path;

use dianjian::{CellEdit, CellRef, Workbook};

/// Runs the example.
pub fn main() -> Result<(), Box<dyn Error>> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/tables/stores.xlsx"));
    let mut workbook = Workbook::open(path)?;
    for sheet in workbook.sheets() {
        println!("{}", sheet.name);
    }

    let edit = CellEdit { sheet: 0, cell: CellRef::parse("B4").ok_or("no cell")?, text: "松鹤茶业".to_owned() };
    let folder = tempfile::tempdir()?;
    let patched = folder.path().join("stores.xlsx");
    workbook.write_edited(&[edit], &mut File::create(&patched)?)?;

    println!("{} bytes before, {} after", path.metadata()?.len(), patched.metadata()?.len());
    assert_eq!(Workbook::open(&patched)?.sheets().len(), workbook.sheets().len());
    Ok(())
}
