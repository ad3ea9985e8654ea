//! Which document a file is, by its first bytes, whatever its name says.

use dianjian_base::lang::Text;
use dianjian_base::{localized, text};
use dianjian_package::{Package, ReadSeek, is_compound, is_encrypted_compound, relations};

use crate::PassageError;

/// A format of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFormat {
    /// A zip package: Word or PowerPoint, if it has their parts.
    Package,
    /// PDF.
    Pdf,
    /// A compound file: Word or PowerPoint before 2007, or encrypted.
    Compound,
    /// Rich text.
    Rtf,
    /// A package that is neither Word nor PowerPoint.
    OtherPackage,
    /// An OpenDocument text or presentation.
    OpenDocument,
    /// A web archive, as Word saves it.
    WebArchive,
}

impl DocumentFormat {
    /// The format whose signature these first bytes have.
    pub fn of(head: &[u8]) -> Option<Self> {
        let after_blanks = head.get(..head.len().min(1024)).unwrap_or_default();
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            Some(Self::Package)
        } else if is_compound(head) {
            Some(Self::Compound)
        } else if head.starts_with(b"{\\rtf") {
            Some(Self::Rtf)
        } else if after_blanks.windows(5).any(|window| window == b"%PDF-") {
            Some(Self::Pdf)
        } else {
            head.starts_with(b"MIME-Version:").then_some(Self::WebArchive)
        }
    }

    /// What keeps a compound file from being read: a password, or its age.
    ///
    /// # Errors
    ///
    /// The system refuses to let it be read.
    pub fn of_compound(file: &mut dyn ReadSeek) -> Result<PassageError, PassageError> {
        let is_encrypted = is_encrypted_compound(file)?;
        Ok(if is_encrypted { PassageError::Encrypted } else { PassageError::Unsupported(Self::Compound) })
    }
}

/// The part that holds a document's text, by its name.
pub(crate) enum MainPart {
    Word(String),
    Slides(String),
}

/// Finds the part that the package says is its document.
pub(crate) fn main_part(package: &mut Package) -> Result<MainPart, PassageError> {
    let root = relations(package, "")?;
    let main = root.values().find(|relation| relation.kind == "officeDocument" && !relation.external);
    let named = main.map(|main| main.target.clone()).filter(|name| package.find(name).is_some());
    let usual = || ["word/document.xml", "ppt/presentation.xml"].map(str::to_owned).into_iter();
    let name = named.or_else(|| usual().find(|name| package.find(name).is_some()));
    match name {
        Some(name) if name.to_ascii_lowercase().starts_with("word/") => Ok(MainPart::Word(name)),
        Some(name) if name.to_ascii_lowercase().starts_with("ppt/") => Ok(MainPart::Slides(name)),
        _ => {
            let is_open = package.names().any(|name| name == "content.xml");
            let format = if is_open { DocumentFormat::OpenDocument } else { DocumentFormat::OtherPackage };
            Err(PassageError::Unsupported(format))
        }
    }
}

fn save_as_docx() -> Option<Text> {
    Some(text! {
        zh: "用 Word、WPS 或 LibreOffice 打开，另存为 .docx 或 .txt。",
        en: "Open it in Word, WPS or LibreOffice and save it as .docx or .txt.",
    })
}

localized! { DocumentFormat {
    Self::Package => { zh: "这是 Word 或 PowerPoint 文档", en: "this is a Word or PowerPoint document" }
    Self::Pdf => { zh: "这是 PDF", en: "this is a PDF" }
    Self::Compound => {
        zh: "这是旧版 Word 或 PowerPoint 的文件（.doc、.ppt、.wps），读不了",
        en: "this is a file of an old version of Word or PowerPoint (.doc, .ppt, .wps), which is not read",
        help: save_as_docx(),
    }
    Self::Rtf => {
        zh: "这是 RTF 文档，读不了",
        en: "this is an RTF document, which is not read",
        help: save_as_docx(),
    }
    Self::OtherPackage => {
        zh: "这是 zip 文件，但里面没有 Word 或 PowerPoint 文档",
        en: "this is a zip file without a Word or PowerPoint document in it",
        help zh: "先解压，再写明里面的文件。",
        help en: "Unpack it and name the files in it.",
    }
    Self::OpenDocument => {
        zh: "这是 OpenDocument 文档（.odt、.odp），读不了",
        en: "this is an OpenDocument file (.odt, .odp), which is not read",
        help: save_as_docx(),
    }
    Self::WebArchive => {
        zh: "这是网页存档（.mht），读不了",
        en: "this is a web archive (.mht), which is not read",
        help: save_as_docx(),
    }
} }
