//! Reading the files of a fleet whole: a plan is about their bytes.

use std::path::Path;
use std::sync::Arc;

use super::fleet::{FleetFile, Said};
use crate::engine::run::source_problem;
use crate::lang::Text;
use crate::problem::Problem;
use crate::record::Recogniser;
use crate::rules::Pack;
use crate::source::{self, Encoded, Format, Input, Limits, SourceError, SourceFile, TableChunks, TextEncoding};

/// Reads files; what cannot be read is told and left out.
pub fn files(inputs: &[(String, Input)], pack: &Pack) -> (Vec<FleetFile>, Vec<Problem>) {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for (path, input) in inputs {
        let Some(on_disk) = input.path() else { continue };
        match file(path, on_disk, input, pack) {
            Ok(file) if is_unknown_table(&file) => {
                if input.explicit {
                    problems.push(Problem::in_file(&input.name, &Said(no_headings())));
                }
            }
            Ok(file) => files.push(file),
            Err(error) => problems.push(source_problem(&error)),
        }
    }
    (files, problems)
}

fn file(path: &str, on_disk: &Path, input: &Input, pack: &Pack) -> Result<FleetFile, SourceError> {
    let limits = Limits { file_bytes: u64::from(u32::MAX), ..Limits::default() };
    let file = |source, encoded, format| FleetFile {
        path: path.to_owned(),
        source: Arc::new(source),
        encoded,
        format,
        input: input.clone(),
    };
    if let Some(format) = input.format.filter(|format| format.is_table()) {
        let encoded = Encoded::read(on_disk, &limits)?;
        let source = table(&encoded, on_disk, input, format, pack)?;
        return Ok(file(source, Some(encoded).filter(|encoded| encoded.encoding() != TextEncoding::Utf8), format));
    }
    let source = source::read(on_disk, &limits)?;
    let format = Format::resolve(input.format, source.text());
    Ok(file(source, None, format))
}

/// A table as one part.
fn table(
    encoded: &Encoded,
    on_disk: &Path,
    input: &Input,
    format: Format,
    pack: &Pack,
) -> Result<SourceFile, SourceError> {
    /// The largest table that is read.
    const MOST_BYTES: usize = 1 << 30;
    let recogniser = Recogniser { kinds: &pack.kinds, mappings: &pack.mappings, kind: None };
    let headings = |rows: &[Vec<String>]| recogniser.header(rows);
    let mut parts = TableChunks::from_text(&input.name, Arc::clone(encoded.text()), &headings)
        .with_path(on_disk)
        .with_delimiter((format == Format::Tsv).then_some(b'\t'))
        .with_limits(MOST_BYTES, &Limits::default());
    let whole = parts.next().unwrap_or_else(|| Ok(SourceFile::new(&input.name, "")))?;
    let size = encoded.text().len() as u64;
    match parts.next() {
        None => Ok(whole),
        Some(Err(error)) => Err(error),
        Some(Ok(_)) => Err(SourceError::TooLarge { name: input.name.clone(), size, limit: MOST_BYTES as u64 }),
    }
}

/// Is it a table whose headings nobody knows?
fn is_unknown_table(file: &FleetFile) -> bool {
    file.format.is_table() && file.source.table().is_none_or(|table| table.header.mapping.is_none())
}

fn no_headings() -> Text {
    Text {
        zh: "没有认出这张表的表头，里面的店铺没有进入计划".to_owned(),
        en: "the headings of this table are not known; its shops are not in the plan".to_owned(),
    }
}
