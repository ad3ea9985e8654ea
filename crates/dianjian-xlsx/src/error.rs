//! Why a workbook, or a part of it, cannot be read or changed.

use std::{fmt, io};

use dianjian_base::lang::{Lang, Localized, Text};
use dianjian_base::{disk, localized, text};
use dianjian_package::{PackageDamage, PackageError, PackageLimit};

use super::cell_ref::{CellRef, quoted_sheet_name};

/// Why a workbook, or a part of it, cannot be read or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkbookError {
    /// What is wrong, without the place.
    pub kind: WorkbookErrorKind,
    /// The sheet in which it is wrong, by name.
    pub sheet: Option<String>,
    /// The cell of that sheet.
    pub cell: Option<CellRef>,
}

/// What is wrong with a workbook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkbookErrorKind {
    /// The file is of another format.
    NotXlsx(DetectedFormat),
    /// The file, or a part of it, is encrypted.
    Encrypted,
    /// A part of the package, or the package itself, is damaged.
    Damaged {
        /// The part's name in the package; empty for the package itself.
        part: String,
        /// In what way it is damaged.
        damage: PackageDamage,
    },
    /// Two parts have the same name, so that programs differ in which one they read.
    DuplicatePart {
        /// Their name in the package; names differing in case alone count as the same.
        part: String,
    },
    /// A part's name leads out of the package, such as `../a`.
    UnsafePart {
        /// The part's name as written in the package.
        part: String,
    },
    /// A bound on what is read is exceeded.
    LimitExceeded {
        /// What there is too much of.
        what: WorkbookLimit,
        /// The most that is read.
        limit: u64,
    },
    /// A cell's reference is malformed, of another row than its own, or beyond the last row or column.
    BadCellReference {
        /// The reference as written, at most 32 characters of it.
        reference: String,
    },
    /// A row does not come after the one before it.
    RowOrder {
        /// Its number, from 1.
        row: u32,
    },
    /// A sheet lies in another file; links to other files are not followed.
    ExternalSheet,
    /// The workbook does not say which part holds a sheet.
    SheetWithoutPart,
    /// No sheet has a cell with content.
    AllSheetsEmpty,
    /// Formulas without stored results; formulas are never computed here.
    NotComputed {
        /// The number of such cells.
        cells: u64,
    },
    /// A workbook of another format that could not be made out.
    Unreadable(DetectedFormat),
    /// A workbook of another format, which is read and never written.
    ReadOnly,
    /// A cell to be edited holds a formula.
    CellHasFormula,
    /// A cell to be edited lies in a row that the sheet does not have.
    CellNotFound,
    /// A new text has characters that no cell can hold, or too many.
    InvalidText,
    /// The disk is full.
    DiskFull,
    /// An error of the operating system, as it words it.
    Io(String),
}

/// The format of a file that is not xlsx, as its first bytes show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DetectedFormat {
    /// The workbook format of Excel before 2007.
    Xls,
    /// Excel's binary workbook format.
    Xlsb,
    /// OpenDocument, as LibreOffice writes it.
    Ods,
    /// A web page that was named `.xlsx`, as some exports are.
    Html,
    /// The XML spreadsheet format of Excel 2003.
    Xml2003,
    /// Plain text, such as CSV.
    Text,
    /// A zip file without a workbook in it.
    Zip,
    /// A file of no bytes.
    Empty,
    /// A format that is none of these.
    Unknown,
}

/// What of a workbook is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkbookLimit {
    /// Parts of the package.
    Parts,
    /// Bytes of one part once unpacked.
    Bytes,
    /// The ratio of a part's unpacked to its packed size.
    Ratio,
    /// Bytes of all shared strings.
    SharedStrings,
    /// Bytes of one cell's text.
    CellText,
    /// Bytes of all sheets as CSV.
    Text,
    /// Merged areas of a sheet.
    Merges,
    /// Levels of XML elements.
    Depth,
    /// Distinct cell formats.
    Formats,
    /// Places of cells, of a workbook of another format.
    Cells,
}

impl WorkbookError {
    pub(crate) fn new(kind: WorkbookErrorKind) -> Self {
        Self { kind, sheet: None, cell: None }
    }

    /// The error of a workbook without any content.
    pub fn all_sheets_empty() -> Self {
        Self::new(WorkbookErrorKind::AllSheetsEmpty)
    }

    pub(crate) fn damaged(part: &str, damage: PackageDamage) -> Self {
        Self::new(WorkbookErrorKind::Damaged { part: part.to_owned(), damage })
    }

    pub(crate) fn limit_exceeded(what: WorkbookLimit, limit: u64) -> Self {
        Self::new(WorkbookErrorKind::LimitExceeded { what, limit })
    }

    /// Adds the sheet, unless the error has one.
    pub(crate) fn in_sheet(mut self, sheet: &str) -> Self {
        self.sheet.get_or_insert_with(|| sheet.to_owned());
        self
    }

    /// Adds the cell, unless the error has one.
    pub(crate) fn at(mut self, cell: CellRef) -> Self {
        self.cell.get_or_insert(cell);
        self
    }

    /// The place as spreadsheets write it: `店铺!B7`, `店铺`, or none.
    pub fn location(&self) -> Option<String> {
        match (&self.sheet, self.cell) {
            (Some(sheet), Some(cell)) => Some(format!("{}!{cell}", quoted_sheet_name(sheet))),
            (Some(sheet), None) => Some(sheet.clone()),
            (None, Some(cell)) => Some(cell.to_string()),
            (None, None) => None,
        }
    }

    /// A stable identifier of the kind of error, for reports.
    pub const fn id(&self) -> &'static str {
        match &self.kind {
            WorkbookErrorKind::NotXlsx(_) => "workbook/not-xlsx",
            WorkbookErrorKind::Encrypted => "workbook/locked",
            WorkbookErrorKind::Damaged { .. } => "workbook/damaged",
            WorkbookErrorKind::DuplicatePart { .. } => "workbook/repeated-part",
            WorkbookErrorKind::UnsafePart { .. } => "workbook/unsafe-part",
            WorkbookErrorKind::LimitExceeded { .. } => "workbook/too-large",
            WorkbookErrorKind::BadCellReference { .. } => "workbook/no-cell",
            WorkbookErrorKind::RowOrder { .. } => "workbook/row-order",
            WorkbookErrorKind::ExternalSheet => "workbook/external",
            WorkbookErrorKind::SheetWithoutPart => "workbook/no-part",
            WorkbookErrorKind::AllSheetsEmpty => "workbook/empty",
            WorkbookErrorKind::NotComputed { .. } => "workbook/not-computed",
            WorkbookErrorKind::Unreadable(_) => "workbook/unreadable",
            WorkbookErrorKind::ReadOnly => "workbook/read-only",
            WorkbookErrorKind::CellHasFormula => "workbook/formula",
            WorkbookErrorKind::CellNotFound => "workbook/cell-gone",
            WorkbookErrorKind::InvalidText => "workbook/bad-text",
            WorkbookErrorKind::DiskFull => "workbook/no-room",
            WorkbookErrorKind::Io(_) => "workbook/io",
        }
    }
}

/// An error of the package is one of the workbook.
impl From<PackageError> for WorkbookError {
    fn from(error: PackageError) -> Self {
        Self::new(match error {
            PackageError::Encrypted => WorkbookErrorKind::Encrypted,
            PackageError::Damaged { part, damage } => WorkbookErrorKind::Damaged { part, damage },
            PackageError::DuplicatePart { part } => WorkbookErrorKind::DuplicatePart { part },
            PackageError::UnsafePart { part } => WorkbookErrorKind::UnsafePart { part },
            PackageError::LimitExceeded { what, limit } => {
                WorkbookErrorKind::LimitExceeded { what: what.into(), limit }
            }
            PackageError::DiskFull => WorkbookErrorKind::DiskFull,
            PackageError::Io(reason) => WorkbookErrorKind::Io(reason),
        })
    }
}

impl From<PackageLimit> for WorkbookLimit {
    fn from(limit: PackageLimit) -> Self {
        match limit {
            PackageLimit::Parts => Self::Parts,
            PackageLimit::Bytes => Self::Bytes,
            PackageLimit::Ratio => Self::Ratio,
            PackageLimit::Event => Self::CellText,
            PackageLimit::Depth => Self::Depth,
        }
    }
}

/// A [`WorkbookError`] that was carried through a reader comes back unchanged.
impl From<io::Error> for WorkbookError {
    fn from(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            Some(own) => own.clone(),
            None => PackageError::from(error).into(),
        }
    }
}

impl From<WorkbookError> for io::Error {
    fn from(error: WorkbookError) -> Self {
        Self::other(error)
    }
}

impl Localized for WorkbookError {
    fn text(&self, lang: Lang) -> String {
        self.kind.text(lang)
    }

    fn help(&self, lang: Lang) -> Option<String> {
        self.kind.help(lang)
    }
}

impl fmt::Display for WorkbookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = self.location() {
            write!(f, "{location}: ")?;
        }
        self.kind.fmt(f)
    }
}

impl std::error::Error for WorkbookError {}

/// The help for whatever a spreadsheet program repairs when it saves the file anew.
fn save_as_new() -> Option<Text> {
    Some(text! {
        zh: "用 Excel、WPS 或 LibreOffice 打开并另存为新的 .xlsx，再检查新文件。",
        en: "Open it in Excel, WPS or LibreOffice, save it as a new .xlsx file and check that file.",
    })
}

localized! { WorkbookErrorKind {
    Self::NotXlsx(format) => format,
    Self::Encrypted => {
        zh: "工作簿设有打开密码",
        en: "the workbook is password-protected",
        help zh: "在 Excel 或 WPS 里打开，去掉打开密码后另存。",
        help en: "Open it in Excel or WPS, remove the password and save it again.",
    }
    Self::Damaged { part, damage } if part.is_empty() => {
        zh: format!("工作簿已损坏：{}", damage.text(Lang::Zh)),
        en: "the workbook is damaged: {damage}",
        help: save_as_new(),
    }
    Self::Damaged { part, damage } => {
        zh: format!("工作簿已损坏：“{part}”{}", damage.text(Lang::Zh)),
        en: "the workbook is damaged: `{part}`: {damage}",
        help: save_as_new(),
    }
    Self::DuplicatePart { part } => {
        zh: "工作簿里有两个“{part}”，不同程序会读到不同内容",
        en: "the workbook contains two parts named `{part}`, and programs differ in which one they read",
        help: save_as_new(),
    }
    Self::UnsafePart { part } => {
        zh: "工作簿里“{part}”的路径指向文件之外",
        en: "the path of the workbook's part `{part}` leads outside the file",
        help: save_as_new(),
    }
    Self::LimitExceeded { what, limit } => {
        zh: what.text(Lang::Zh).replace("{}", &limit.to_string()),
        en: what.text(Lang::En).replace("{}", &limit.to_string()),
        help zh: "只保留店铺数据另存，或把工作表导出为 CSV：CSV 可以分块读取，没有这个上限。",
        help en: "Keep only the shop data, or export the sheet as CSV, which is read in chunks and has no such limit.",
    }
    Self::BadCellReference { reference } => {
        zh: "“{reference}”不是工作表里的单元格",
        en: "`{reference}` is not a cell of a sheet",
        help: save_as_new(),
    }
    Self::RowOrder { row } => {
        zh: "第 {row} 行没有排在它前面的行之后",
        en: "row {row} does not come after the row before it",
        help: save_as_new(),
    }
    Self::ExternalSheet => {
        zh: "工作表在另一个文件里，外部链接不会打开",
        en: "the sheet is in another workbook; links to other files are not followed",
        help zh: "把那个工作表复制到这个工作簿里，或直接检查那个文件。",
        help en: "Copy the sheet into this workbook, or check the other workbook directly.",
    }
    Self::SheetWithoutPart => {
        zh: "工作簿列出了这个工作表，却没有写明它的内容在哪里，没有读取",
        en: "the workbook lists this sheet without saying where its cells are, so it was not read",
        help: save_as_new(),
    }
    Self::AllSheetsEmpty => {
        zh: "工作簿的各个工作表都是空的",
        en: "all sheets of the workbook are empty",
        help zh: "请检查导出是否完整。",
        help en: "Check that the export is complete.",
    }
    Self::NotComputed { cells } => {
        zh: "{cells} 个单元格的公式没有保存结果，无法检查",
        en: match cells {
            1 => "a formula without a stored result cannot be checked".to_owned(),
            _ => format!("{cells} formulas without stored results cannot be checked"),
        },
        help zh: "在 Excel、WPS 或 LibreOffice 里打开并保存一次，结果就会写进文件。",
        help en: "Open and save it once in Excel, WPS or LibreOffice, which stores the results.",
    }
    Self::Unreadable(format) => {
        zh: format!("{}，但内容读不出来", format.text(Lang::Zh)),
        en: format!("{}, and its contents cannot be made out", format.text(Lang::En)),
        help: convert(),
    }
    Self::ReadOnly => {
        zh: "这种格式（.xls、.xlsb、.ods、.et、网页）只能读，没有改动它",
        en: "workbooks of this format (.xls, .xlsb, .ods, .et, web pages) are read only; it is left as it is",
        help zh: "在 Excel、WPS 或 LibreOffice 里另存为 .xlsx，再修复那个文件。",
        help en: "Save it as .xlsx in Excel, WPS or LibreOffice and fix that file.",
    }
    Self::CellHasFormula => {
        zh: "单元格里是公式，不能自动修改",
        en: "the cell contains a formula, which is not edited automatically",
        help zh: "请修改公式或它引用的单元格。",
        help en: "Edit the formula, or the cells that it refers to.",
    }
    Self::CellNotFound => { zh: "要修改的单元格不在文件里", en: "the cell to edit is not in the file" }
    Self::InvalidText => {
        zh: "新内容含有单元格不能保存的字符，或超过 32767 个字符",
        en: "the new text contains characters that a cell cannot hold, or is longer than 32,767 characters",
    }
    Self::DiskFull => {
        zh: "磁盘已满，工作簿没有处理完",
        en: "the disk is full: the workbook was not fully processed",
        help: Some(disk::full_help()),
    }
    Self::Io(reason) => { zh: "读写工作簿失败：{reason}", en: "cannot read or write the workbook: {reason}" }
} }

/// The help for other formats that spreadsheet programs can convert.
fn convert() -> Option<Text> {
    Some(text! {
        zh: "在 Excel、WPS 或 LibreOffice 里打开，另存为 .xlsx 或 CSV。",
        en: "Open it in Excel, WPS or LibreOffice and save it as .xlsx or CSV.",
    })
}

localized! { DetectedFormat {
    Self::Xls => {
        zh: "这是旧版 Excel 的 .xls 工作簿",
        en: "this is an .xls workbook from an old version of Excel",
        help: convert(),
    }
    Self::Xlsb => {
        zh: "这是 Excel 的二进制工作簿（.xlsb）",
        en: "this is a binary Excel workbook (.xlsb)",
        help: convert(),
    }
    Self::Ods => {
        zh: "这是 OpenDocument 表格（.ods）",
        en: "this is an OpenDocument spreadsheet (.ods)",
        help: convert(),
    }
    Self::Html => {
        zh: "这其实是网页（HTML），不是工作簿",
        en: "this is a web page (HTML), not a workbook",
        help: convert(),
    }
    Self::Xml2003 => {
        zh: "这是 Excel 2003 的 XML 表格",
        en: "this is an Excel 2003 XML spreadsheet",
        help: convert(),
    }
    Self::Text => {
        zh: "这其实是文本，不是工作簿",
        en: "this is a text file, not a workbook",
        help zh: "把文件名改为 .csv（制表符分隔的改为 .tsv）再检查。",
        help en: "Rename it to .csv (.tsv if its columns are separated by tabs) and check it again.",
    }
    Self::Zip => {
        zh: "这是 zip 文件，但里面没有工作簿",
        en: "this is a zip file without a workbook in it",
        help zh: "先解压，再检查里面的文件。",
        help en: "Unpack it and check the files in it.",
    }
    Self::Empty => {
        zh: "文件是空的，不是工作簿",
        en: "the file is empty, not a workbook",
        help zh: "请检查文件是否下载完整。",
        help en: "Check that the file was downloaded completely.",
    }
    Self::Unknown => {
        zh: "这不是 xlsx 工作簿",
        en: "this is not an xlsx workbook",
        help zh: "请检查文件是否下载完整。",
        help en: "Check that the file was downloaded completely.",
    }
} }

impl WorkbookLimit {
    /// The message with `{}` for the limit.
    const fn text(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Parts => ("工作簿的部件超过 {} 个", "the workbook has more than {} parts"),
            Self::Bytes => ("工作簿解压后超过 {} 字节", "the workbook has more than {} bytes once unpacked"),
            Self::Ratio => (
                "工作簿解压后膨胀超过 {} 倍，疑似压缩炸弹",
                "the workbook unpacks to more than {} times its size, as a zip bomb does",
            ),
            Self::SharedStrings => ("工作簿的文本超过 {} 字节", "the workbook has more than {} bytes of text"),
            Self::CellText => ("一个单元格的内容超过 {} 字节", "the content of a cell exceeds {} bytes"),
            Self::Text => ("各工作表展开后超过 {} 字节", "the sheets expand to more than {} bytes of text"),
            Self::Merges => ("合并单元格超过 {} 处", "the sheet has more than {} merged areas"),
            Self::Depth => ("XML 嵌套超过 {} 层", "the XML is nested more than {} levels deep"),
            Self::Cells => ("单元格超过 {} 个", "the workbook has more than {} cells"),
            Self::Formats => ("单元格格式超过 {} 种", "the workbook has more than {} cell formats"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}
