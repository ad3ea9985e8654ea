//! What can be wrong with a document, and where.

use dianjian_base::lang::Lang;
use dianjian_base::localized;

use super::messages::{self, SyntaxMessage};
use crate::source::{Format, Span};

/// One problem of a document, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct DocumentError {
    #[expect(missing_docs, reason = "named by its type")]
    pub problem: DocumentErrorKind,
    /// The offending key, value or character.
    pub span: Span,
    /// Another place that explains it.
    pub related: Option<(RelatedPlace, Span)>,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum DocumentErrorKind {
    /// The text breaks the format's grammar; the line as it is meant, where that is known.
    Syntax { message: &'static SyntaxMessage, found: Option<char>, mended: Option<Box<str>> },
    /// A mapping has a key twice; the first entry is kept.
    DuplicateKey { key: String },
    /// A table has a heading twice; the first column is read.
    RepeatedHeading { heading: String },
    /// A key is itself a list or a mapping.
    ComplexKey,
    /// The value of `<<` cannot be merged.
    BadMerge,
    /// An alias names no anchor written before it in its document.
    UndefinedAlias { name: String },
    /// An alias inside the node that its anchor marks.
    AliasCycle { name: String },
    /// A tag that is none of YAML's own: what another program would put there is not known.
    ForeignTag { tag: String },
    /// Aliases of aliases expand to more nodes than are read ("billion laughs").
    AliasExpansion { limit: u64 },
    /// Collections inside collections beyond the limit.
    TooDeep { limit: u64 },
    /// More nodes in one document than are read.
    TooManyNodes { limit: u64 },
    /// A scalar longer than is read.
    ScalarTooLong { limit: u64 },
}

/// What a related place has to do with a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RelatedPlace {
    /// The first entry with the key.
    FirstKey,
    /// The anchor marks this node.
    Anchor,
    /// The bracket or quote was opened here.
    Opened,
}

localized! { RelatedPlace {
    Self::FirstKey => { zh: "第一次出现在这里", en: "first written here" }
    Self::Anchor => { zh: "锚点标记的内容从这里开始", en: "the anchored node begins here" }
    Self::Opened => { zh: "从这里开始", en: "opened here" }
} }

impl DocumentError {
    /// Whether it is a repeated key in a format that allows those. The platform's own answers have some; only YAML
    /// forbids them.
    pub fn is_repeated_key_of(&self, format: Format) -> bool {
        format != Format::Yaml && matches!(self.problem, DocumentErrorKind::DuplicateKey { .. })
    }

    pub(super) fn new(problem: DocumentErrorKind, span: Span) -> Self {
        Self { problem, span, related: None }
    }

    pub(super) fn syntax(message: &'static SyntaxMessage, found: Option<char>, span: Span) -> Self {
        Self::new(DocumentErrorKind::Syntax { message, found, mended: None }, span)
    }

    pub(super) fn with_mended(mut self, line: Option<Box<str>>) -> Self {
        if let DocumentErrorKind::Syntax { mended, .. } = &mut self.problem {
            *mended = line;
        }
        self
    }

    pub(super) fn with_related(mut self, what: RelatedPlace, span: Span) -> Self {
        self.related = Some((what, span));
        self
    }

    /// Whether the document could not be read, rather than read in spite of the problem.
    pub const fn is_fatal(&self) -> bool {
        !matches!(
            self.problem,
            DocumentErrorKind::DuplicateKey { .. }
                | DocumentErrorKind::ComplexKey
                | DocumentErrorKind::BadMerge
                | DocumentErrorKind::UndefinedAlias { .. }
                | DocumentErrorKind::AliasCycle { .. }
                | DocumentErrorKind::ForeignTag { .. }
        )
    }

    /// Whether it only says that the text ends too early.
    pub(crate) fn is_of_end(&self) -> bool {
        [messages::JSON_STRING_END.id, messages::JSON_UNCLOSED.id].contains(&self.id())
    }

    /// A stable name of the kind of problem.
    pub const fn id(&self) -> &'static str {
        match &self.problem {
            DocumentErrorKind::Syntax { message, .. } => message.id,
            DocumentErrorKind::DuplicateKey { .. } => "document/duplicate-key",
            DocumentErrorKind::RepeatedHeading { .. } => "table/repeated-heading",
            DocumentErrorKind::ComplexKey => "document/complex-key",
            DocumentErrorKind::BadMerge => "document/bad-merge",
            DocumentErrorKind::UndefinedAlias { .. } => "document/undefined-alias",
            DocumentErrorKind::AliasCycle { .. } => "document/alias-cycle",
            DocumentErrorKind::ForeignTag { .. } => "yaml/foreign-tag",
            DocumentErrorKind::AliasExpansion { .. } => "document/alias-expansion",
            DocumentErrorKind::TooDeep { .. } => "document/too-deep",
            DocumentErrorKind::TooManyNodes { .. } => "document/too-many-nodes",
            DocumentErrorKind::ScalarTooLong { .. } => "document/scalar-too-long",
        }
    }
}

localized! { DocumentErrorKind {
    Self::Syntax { message, found, mended } => {
        zh: message.text(Lang::Zh, *found),
        en: message.text(Lang::En, *found),
        help: message.help(mended.as_deref()),
    }
    Self::DuplicateKey { key } => {
        zh: "键“{key}”重复，以第一个为准",
        en: "the key `{key}` is repeated; the first one counts",
        help zh: "删除其中一个，或改名。",
        help en: "Remove one of them, or rename it.",
    }
    Self::RepeatedHeading { heading } => {
        zh: "表头“{heading}”重复，只读第一列",
        en: "the heading “{heading}” is repeated; only the first column is read",
        help zh: "删除或改名其中一列。",
        help en: "Remove one of the columns, or rename it.",
    }
    Self::ComplexKey => {
        zh: "键必须是一个值，不能是列表或映射",
        en: "a key must be a single value, not a list or a mapping",
        help zh: "请用文字作键。",
        help en: "Use a text as the key.",
    }
    Self::BadMerge => {
        zh: "“<<”只能合并映射，或映射的列表",
        en: "`<<` merges a mapping or a list of mappings, nothing else",
    }
    Self::UndefinedAlias { name } => {
        zh: "别名 *{name} 之前没有锚点 &{name}",
        en: "the alias *{name} has no anchor &{name} before it",
        help zh: "以 * 开头的文字要加引号；若确是别名，锚点要写在它前面的同一文档里。",
        help en: "Quote a text that begins with *; a real alias needs its anchor earlier in the same document.",
    }
    Self::AliasCycle { name } => {
        zh: "别名 *{name} 位于它自己的锚点之内",
        en: "the alias *{name} stands inside its own anchor",
    }
    Self::ForeignTag { tag } => {
        zh: "“{tag}”要由别的程序来解释，这里没有读它的值",
        en: "`{tag}` asks another program for the value, which is not read here",
        help zh: "写上真正的值，或先用那个程序生成展开后的文件再检查；文字本身以 ! 开头时要加引号。",
        help en: "Write the value itself, or check the file that the other program makes of this one; quote a text that begins with !.",
    }
    Self::AliasExpansion { limit } => {
        zh: "别名展开后超过 {limit} 个节点",
        en: "aliases stand for more than {limit} nodes",
    }
    Self::TooDeep { limit } => { zh: "嵌套超过 {limit} 层", en: "nested more than {limit} levels deep" }
    Self::TooManyNodes { limit } => {
        zh: "一个文档超过 {limit} 个节点",
        en: "more than {limit} nodes in one document",
        help zh: "把记录拆成多个文件或 NDJSON。",
        help en: "Split the records into several files, or into NDJSON.",
    }
    Self::ScalarTooLong { limit } => {
        zh: "单个值超过 {limit} 字节",
        en: "a single value of more than {limit} bytes",
    }
} }

localized! { DocumentError { Self { problem, .. } => problem } }
