//! Which kind of text a source is.

use std::path::Path;

use super::read::without_bom;

/// A format that documents are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// YAML 1.2, any number of documents.
    Yaml,
    /// JSON as RFC 8259 has it: exactly one value.
    Json,
    /// One JSON value a line.
    NdJson,
    /// A table whose delimiter is a comma, or whatever its first rows show.
    Csv,
    /// A table delimited by tabs.
    Tsv,
    /// A workbook, whose sheets are tables: xlsx, and older formats, which are recognised in order to be refused.
    Workbook,
    /// What the platform pushes unless JSON is chosen: `<xml>` elements.
    Xml,
}

impl Format {
    /// The format of a file name's extension, in any case.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" | "jsonc" | "json5" => Some(Self::Json),
            "ndjson" | "jsonl" => Some(Self::NdJson),
            "xml" => Some(Self::Xml),
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "xlsx" | "xlsm" | "xltx" | "xltm" | "xls" | "xlsb" | "et" | "ods" => Some(Self::Workbook),
            _ => None,
        }
    }

    /// Is it a table, or a workbook of some?
    pub const fn is_table(self) -> bool {
        matches!(self, Self::Csv | Self::Tsv | Self::Workbook)
    }

    /// The format that a text seems to have, for inputs without an extension.
    pub fn sniff(text: &str) -> Self {
        if is_line_delimited(text) {
            return Self::NdJson;
        }
        let text = without_bom(text).trim_start();
        let mut rest = text.chars();
        let opens = rest.next();
        let next = rest.as_str().trim_start().chars().next();
        match (opens, next) {
            (Some('{'), Some('"' | '}')) => Self::Json,
            (Some('<'), Some(next)) if next != '<' => Self::Xml,
            (Some('['), Some('"' | '{' | '[' | ']' | '-' | '0'..='9' | 't' | 'f' | 'n')) => Self::Json,
            _ => Self::Yaml,
        }
    }

    /// The format to read a text in: what its name says, save that a JSON file with one object a
    /// line is read as line-delimited; without an extension, what it seems to be.
    pub fn resolve(named: Option<Self>, text: &str) -> Self {
        match named {
            Some(Self::Json) if is_line_delimited(text) => Self::NdJson,
            Some(format) => format,
            None => Self::sniff(text),
        }
    }
}

/// Whether the first line is an object by its looks, and the next line that says anything is too.
pub fn is_line_delimited(text: &str) -> bool {
    let mut lines = without_bom(text).lines().map(str::trim).filter(|line| !line.is_empty());
    let is_object = |line: &str| line.starts_with('{') && line.ends_with('}');
    lines.next().is_some_and(is_object) && lines.next().is_some_and(|line| line.starts_with('{'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart() {
        assert_eq!(Format::sniff("\u{feff} {\n \"a\": 1}"), Format::Json);
        assert_eq!(Format::sniff("[]"), Format::Json);
        assert_eq!(Format::sniff("{a: 1}"), Format::Yaml);
        assert_eq!(Format::sniff("a: 1"), Format::Yaml);
        assert_eq!(Format::sniff("{\"a\":1}\n\n{\"a\":2}\n"), Format::NdJson);
        assert_eq!(Format::sniff("\u{feff}\n<xml><a>1</a></xml>"), Format::Xml);
        assert_eq!(Format::sniff("<<: {a: 1}"), Format::Yaml);
        assert_eq!(Format::sniff(""), Format::Yaml);
        assert_eq!(Format::resolve(Some(Format::Json), "{}\n{}"), Format::NdJson);
        assert_eq!(Format::resolve(Some(Format::Json), "{\"a\":\n{}}"), Format::Json);
        assert_eq!(Format::resolve(Some(Format::Yaml), "{}\n{}"), Format::Yaml);
    }
}
