//! What can be wrong with a workbook, and where in it.

use std::fmt;
use std::io;

use super::address::{CellRef, quoted};
use dianjian_base::disk;
use dianjian_base::lang::{Lang, Localized};

/// Something that keeps a workbook, or a part of it, from being read or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkbookError {
    /// What is wrong.
    pub fault: Fault,
    /// In which sheet.
    pub sheet: Option<String>,
    /// In which cell of it.
    pub cell: Option<CellRef>,
}

/// What is wrong with a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is something else.
    NotXlsx(Looks),
    /// It, or a part of it, is locked with a password.
    Locked,
    /// Its parts do not hold together.
    Damaged {
        /// The part's name in the package; empty: the package itself.
        part: String,
        /// How.
        damage: Damage,
    },
    /// Two parts have one name, so that programs differ in what they see.
    RepeatedPart {
        /// The name.
        part: String,
    },
    /// A part's name leads out of the package.
    UnsafePart {
        /// The name.
        part: String,
    },
    /// More of something than is read.
    TooMany {
        /// Of what.
        what: Counted,
        /// The most that is read.
        limit: u64,
    },
    /// A cell's name is none, or lies beyond the sheet's last row or column.
    NoCell {
        /// The name.
        reference: String,
    },
    /// A row that does not come after the one before it.
    RowOrder {
        /// Its number.
        row: u32,
    },
    /// A sheet lies in another file, which is not opened.
    External,
    /// No sheet has a cell with anything in it.
    Nothing,
    /// Formulas whose results are not stored; they are never computed here.
    NotComputed {
        /// How many cells.
        cells: u64,
    },
    /// A cell that is to be changed holds a formula.
    Formula,
    /// A cell that is to be changed is not there.
    Gone,
    /// The text is not one that a cell can hold.
    BadText,
    /// The disk is full.
    NoRoom,
    /// The system says so.
    Io(String),
}

/// What a file that is no xlsx seems to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// A workbook of Excel before 2007.
    Xls,
    /// A binary workbook of Excel.
    Xlsb,
    /// A workbook in the format of LibreOffice.
    Ods,
    /// A web page.
    Html,
    /// A workbook in the XML of Excel 2003.
    Xml2003,
    /// A text, such as CSV.
    Text,
    /// A zip file that holds no workbook.
    Zip,
    /// A file without content.
    Empty,
    /// Nothing that is known.
    Unknown,
}

/// How a part is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// The list of parts.
    Directory,
    /// Parts lie over one another.
    Overlap,
    /// The size that is told is not the size that there is.
    Size,
    /// The checksum.
    Checksum,
    /// The compressed data, or packed in a way that xlsx does not have.
    Compression,
    /// The XML.
    Xml,
    /// The XML defines entities or names some that are not defined.
    Entity,
    /// The XML is not in UTF-8.
    Encoding,
    /// A part that is named elsewhere is not there.
    Missing,
    /// A cell names a shared text that is not there.
    SharedText,
}

/// Of what there can be too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Parts of the package.
    Parts,
    /// Bytes of a part after unpacking.
    Bytes,
    /// Times that a part is larger unpacked.
    Ratio,
    /// Bytes of all shared texts.
    SharedTexts,
    /// Bytes of one cell's text.
    CellText,
    /// Bytes of all sheets as text.
    Text,
    /// Merged areas of a sheet.
    Merges,
    /// Elements inside one another.
    Depth,
    /// Formats of numbers.
    Formats,
}

impl WorkbookError {
    pub(super) fn new(fault: Fault) -> Self {
        Self { fault, sheet: None, cell: None }
    }

    /// Says that there is nothing in any sheet.
    #[must_use]
    pub fn nothing() -> Self {
        Self::new(Fault::Nothing)
    }

    pub(super) fn damaged(part: &str, damage: Damage) -> Self {
        Self::new(Fault::Damaged { part: part.to_owned(), damage })
    }

    pub(super) fn too_many(what: Counted, limit: u64) -> Self {
        Self::new(Fault::TooMany { what, limit })
    }

    /// The same in a sheet, unless it knows one.
    #[must_use]
    pub fn in_sheet(mut self, sheet: &str) -> Self {
        self.sheet.get_or_insert_with(|| sheet.to_owned());
        self
    }

    /// The same at a cell, unless it knows one.
    #[must_use]
    pub fn at(mut self, cell: CellRef) -> Self {
        self.cell.get_or_insert(cell);
        self
    }

    /// `店铺!B7`, `店铺`, or nothing.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        match (&self.sheet, self.cell) {
            (Some(sheet), Some(cell)) => Some(format!("{}!{cell}", quoted(sheet))),
            (Some(sheet), None) => Some(sheet.clone()),
            (None, Some(cell)) => Some(cell.to_string()),
            (None, None) => None,
        }
    }

    /// A fixed name of the kind of fault, as reports show it.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match &self.fault {
            Fault::NotXlsx(_) => "workbook/not-xlsx",
            Fault::Locked => "workbook/locked",
            Fault::Damaged { .. } => "workbook/damaged",
            Fault::RepeatedPart { .. } => "workbook/repeated-part",
            Fault::UnsafePart { .. } => "workbook/unsafe-part",
            Fault::TooMany { .. } => "workbook/too-large",
            Fault::NoCell { .. } => "workbook/no-cell",
            Fault::RowOrder { .. } => "workbook/row-order",
            Fault::External => "workbook/external",
            Fault::Nothing => "workbook/empty",
            Fault::NotComputed { .. } => "workbook/not-computed",
            Fault::Formula => "workbook/formula",
            Fault::Gone => "workbook/cell-gone",
            Fault::BadText => "workbook/bad-text",
            Fault::NoRoom => "workbook/no-room",
            Fault::Io(_) => "workbook/io",
        }
    }
}

/// Errors of the system, and our own that came through a reader.
impl From<io::Error> for WorkbookError {
    fn from(error: io::Error) -> Self {
        let fault = if disk::is_full(&error) { Fault::NoRoom } else { Fault::Io(error.to_string()) };
        match error.into_inner().and_then(|inner| inner.downcast::<Self>().ok()) {
            Some(own) => *own,
            None => Self::new(fault),
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
        let zh = lang == Lang::Zh;
        match &self.fault {
            Fault::NotXlsx(looks) => looks.text(lang).to_owned(),
            Fault::Locked if zh => "工作簿设有打开密码".to_owned(),
            Fault::Locked => "the workbook is locked with a password".to_owned(),
            Fault::Damaged { part, damage } => damaged(part, damage.text(lang), zh),
            Fault::RepeatedPart { part } if zh => format!("工作簿里有两个“{part}”，不同程序会读到不同内容"),
            Fault::RepeatedPart { part } => {
                format!("the workbook has `{part}` twice, so that programs differ in what they read")
            }
            Fault::UnsafePart { part } if zh => format!("工作簿里“{part}”的路径指向文件之外"),
            Fault::UnsafePart { part } => format!("the part `{part}` of the workbook leads out of the file"),
            Fault::TooMany { what, limit } => what.text(*limit, zh),
            Fault::NoCell { reference } if zh => format!("“{reference}”不是工作表里的单元格"),
            Fault::NoCell { reference } => format!("`{reference}` is no cell of a sheet"),
            Fault::RowOrder { row } if zh => format!("第 {row} 行没有排在它前面的行之后"),
            Fault::RowOrder { row } => format!("row {row} does not come after the one before it"),
            Fault::External if zh => "工作表在另一个文件里，外部链接不会打开".to_owned(),
            Fault::External => "the sheet lies in another file; links to other files are not followed".to_owned(),
            Fault::Nothing if zh => "工作簿的各个工作表都是空的".to_owned(),
            Fault::Nothing => "all sheets of the workbook are empty".to_owned(),
            Fault::NotComputed { cells } if zh => format!("{cells} 个单元格的公式没有保存结果，无法检查"),
            Fault::NotComputed { cells: 1 } => "a formula without a stored result cannot be checked".to_owned(),
            Fault::NotComputed { cells } => format!("{cells} formulas without stored results cannot be checked"),
            Fault::Formula if zh => "单元格里是公式，不能自动修改".to_owned(),
            Fault::Formula => "the cell holds a formula and is not changed".to_owned(),
            Fault::Gone if zh => "要修改的单元格不在文件里".to_owned(),
            Fault::Gone => "the cell to be changed is not in the file".to_owned(),
            Fault::BadText if zh => "新内容含有单元格不能保存的字符，或超过 32767 个字符".to_owned(),
            Fault::BadText => {
                "the new text has characters that no cell can hold, or more than 32,767 of them".to_owned()
            }
            Fault::NoRoom if zh => "磁盘已满，工作簿没有处理完".to_owned(),
            Fault::NoRoom => "the disk is full: the workbook was not done with".to_owned(),
            Fault::Io(reason) if zh => format!("读写工作簿失败：{reason}"),
            Fault::Io(reason) => format!("cannot read or write the workbook: {reason}"),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        let (zh, en) = match &self.fault {
            Fault::NotXlsx(looks) => return looks.help(lang).map(str::to_owned),
            Fault::Locked => (
                "在 Excel 或 WPS 里打开，去掉打开密码后另存。",
                "Open it in Excel or WPS, remove the password and save it again.",
            ),
            Fault::Damaged { .. }
            | Fault::RepeatedPart { .. }
            | Fault::UnsafePart { .. }
            | Fault::NoCell { .. }
            | Fault::RowOrder { .. } => (
                "用 Excel、WPS 或 LibreOffice 打开并另存为新的 .xlsx，再检查新文件。",
                "Open it in Excel, WPS or LibreOffice, save it as a new .xlsx and check that.",
            ),
            Fault::TooMany { .. } => (
                "只保留店铺数据另存，或把工作表导出为 CSV：CSV 可以分块读取，没有这个上限。",
                "Save the shop data alone, or export the sheet as CSV, which is read in parts and has no such limit.",
            ),
            Fault::External => (
                "把那个工作表复制到这个工作簿里，或直接检查那个文件。",
                "Copy the sheet into this workbook, or check the other file itself.",
            ),
            Fault::NotComputed { .. } => (
                "在 Excel、WPS 或 LibreOffice 里打开并保存一次，结果就会写进文件。",
                "Open and save it once in Excel, WPS or LibreOffice, which stores the results.",
            ),
            Fault::Formula => ("请修改公式或它引用的单元格。", "Change the formula, or the cells that it refers to."),
            Fault::Nothing => ("请检查导出是否完整。", "See whether the export is whole."),
            Fault::NoRoom => return Some(disk::full_help().take(lang)),
            Fault::Gone | Fault::BadText | Fault::Io(_) => return None,
        };
        Some(if lang == Lang::Zh { zh } else { en }.to_owned())
    }
}

fn damaged(part: &str, damage: &str, zh: bool) -> String {
    match (part.is_empty(), zh) {
        (true, true) => format!("工作簿已损坏：{damage}"),
        (true, false) => format!("the workbook is damaged: {damage}"),
        (false, true) => format!("工作簿已损坏：“{part}”{damage}"),
        (false, false) => format!("the workbook is damaged: `{part}`: {damage}"),
    }
}

impl Looks {
    const fn text(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Xls => ("这是旧版 Excel 的 .xls 工作簿", "this is an .xls workbook of old versions of Excel"),
            Self::Xlsb => ("这是 Excel 的二进制工作簿（.xlsb）", "this is a binary workbook of Excel (.xlsb)"),
            Self::Ods => ("这是 OpenDocument 表格（.ods）", "this is an OpenDocument spreadsheet (.ods)"),
            Self::Html => ("这其实是网页（HTML），不是工作簿", "this is a web page (HTML), not a workbook"),
            Self::Xml2003 => ("这是 Excel 2003 的 XML 表格", "this is an XML spreadsheet of Excel 2003"),
            Self::Text => ("这其实是文本，不是工作簿", "this is a text, not a workbook"),
            Self::Zip => ("这是 zip 文件，但里面没有工作簿", "this is a zip file that holds no workbook"),
            Self::Empty => ("文件是空的，不是工作簿", "the file is empty, not a workbook"),
            Self::Unknown => ("这不是 xlsx 工作簿", "this is no xlsx workbook"),
        };
        if matches!(lang, Lang::Zh) { zh } else { en }
    }

    const fn help(self, lang: Lang) -> Option<&'static str> {
        let (zh, en) = match self {
            Self::Text => (
                "把文件名改为 .csv（制表符分隔的改为 .tsv）再检查。",
                "Name it .csv (.tsv if tabs part its columns) and check it again.",
            ),
            Self::Empty | Self::Unknown => ("请检查文件是否下载完整。", "See whether the file was downloaded whole."),
            Self::Zip => ("先解压，再检查里面的文件。", "Unpack it and check the files in it."),
            _ => (
                "在 Excel、WPS 或 LibreOffice 里打开，另存为 .xlsx 或 CSV。",
                "Open it in Excel, WPS or LibreOffice and save it as .xlsx or CSV.",
            ),
        };
        Some(if matches!(lang, Lang::Zh) { zh } else { en })
    }
}

impl Damage {
    const fn text(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Directory => (
                "目录无法读取，文件可能没有下载完整",
                "its directory cannot be read; perhaps it was not downloaded whole",
            ),
            Self::Overlap => ("内容互相重叠", "its parts lie over one another"),
            Self::Size => ("实际大小与记录的不符", "its size is not the one told"),
            Self::Checksum => ("校验和不符", "its checksum is wrong"),
            Self::Compression => ("压缩数据无法读取", "its compressed data cannot be read"),
            Self::Xml => ("不是正确的 XML", "its XML is not well-formed"),
            Self::Entity => ("XML 里定义或使用了不允许的实体", "its XML defines or uses entities that are not allowed"),
            Self::Encoding => ("不是 UTF-8 编码", "it is not in UTF-8"),
            Self::Missing => ("不存在", "it is missing"),
            Self::SharedText => ("单元格引用了不存在的共享文本", "a cell names a shared text that is not there"),
        };
        if matches!(lang, Lang::Zh) { zh } else { en }
    }
}

impl Counted {
    fn text(self, limit: u64, zh: bool) -> String {
        let (chinese, english) = match self {
            Self::Parts => ("工作簿的部件超过 {} 个", "the workbook has more than {} parts"),
            Self::Bytes => ("工作簿解压后超过 {} 字节", "the workbook has more than {} bytes once unpacked"),
            Self::Ratio => (
                "工作簿解压后膨胀超过 {} 倍，疑似压缩炸弹",
                "the workbook grows more than {} times when unpacked, as a zip bomb does",
            ),
            Self::SharedTexts => ("工作簿的文本超过 {} 字节", "the workbook has more than {} bytes of texts"),
            Self::CellText => ("一个单元格的内容超过 {} 字节", "a cell has more than {} bytes"),
            Self::Text => ("各工作表展开后超过 {} 字节", "the sheets have more than {} bytes as text"),
            Self::Merges => ("合并单元格超过 {} 处", "the sheet has more than {} merged areas"),
            Self::Depth => ("XML 嵌套超过 {} 层", "the XML is nested more than {} levels deep"),
            Self::Formats => ("单元格格式超过 {} 种", "the workbook has more than {} formats of cells"),
        };
        (if zh { chinese } else { english }).replace("{}", &limit.to_string())
    }
}

impl fmt::Display for WorkbookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place() {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.text(Lang::En))
    }
}

impl std::error::Error for WorkbookError {}
