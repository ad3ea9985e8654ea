//! What can be wrong with a rule, a table or a parameter; each says what was expected.

use dianjian_base::lang::{Lang, Localized};

/// A mistake in a rule or table file; its place travels beside it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum RuleError {
    /// A table that extends none and does not say what it is.
    #[error("there is no table `{id}` to extend: a new one needs `title`, `key` and `columns`")]
    NewTable { id: String },
    /// A record kind that does not exist.
    #[error("there is no record kind `{found}`")]
    UnknownKind { found: String, suggestion: Option<String> },
    /// A path that the kind does not have.
    #[error("{kind} has no field `{found}`")]
    UnknownPath { kind: String, found: String, suggestion: Option<String> },
    /// A parameter that the rule does not have.
    #[error("the rule has no parameter `{found}`")]
    UnknownParam { found: String, suggestion: Option<String> },
    /// A table that is in no pack.
    #[error("there is no table `{found}`")]
    UnknownTable { found: String, suggestion: Option<String> },
    /// Two kinds with one role.
    #[error("`{other}` has this role already")]
    RoleTaken { other: String },
    /// A file under `lexicons/` that is no lexicon.
    #[error("there is no lexicon `{found}`")]
    UnknownLexicon { found: String, suggestion: Option<String> },
    /// A column that the table does not have.
    #[error("table `{table}` has no column `{found}`")]
    UnknownColumn { table: String, found: String, suggestion: Option<String> },
    /// A placeholder that stands for nothing.
    #[error("placeholder `{{{found}}}` stands for nothing here")]
    UnknownPlaceholder { found: String, suggestion: Option<String> },
    /// A message id that is not under `messages`.
    #[error("there is no message `{found}` under `messages`")]
    UnknownMessage { found: String },
    /// A kind of contact that is not known.
    #[error("`{found}` is not a kind of contact")]
    UnknownContact { found: String, known: String },
    /// A sort of code that is not known.
    #[error("`{found}` is not a sort of code")]
    UnknownCode { found: String, known: String },
    /// A class that no row of the table `code-contents` gives.
    #[error("no row of the table `code-contents` has the class `{found}`")]
    UnknownClass { found: String, known: String },
    /// Codes are looked for in a field that is no picture.
    #[error("codes are seen in pictures and videos, and `{found}` is none")]
    NotAnAsset { found: String },
    /// A value of the wrong sort.
    #[error("expected {expected}, found `{found}`")]
    Expected { expected: &'static str, found: String },
    /// A value that a field never has; `suggestion` is the nearest value, or all of them.
    #[error("`{field}` is never `{found}`")]
    UnknownChoice { field: String, found: String, suggestion: String },
    /// A group of fields or a list where a value is needed; `suggestion` is a field in it.
    #[error("`{found}` has no value of its own: it is a list or a group of fields")]
    NoValue { found: String, suggestion: Option<String> },
    /// A path into the items of a list where a record has one value.
    #[error("`{found}` stands for a value in every item of a list; here one value a record is needed")]
    ManyValues { found: String },
    /// A path into the items of a list where one value is compared with.
    #[error("`{found}` stands for a value in every item of a list; here one value is needed")]
    ManyOperands { found: String },
    /// Members of a group that would be items of two lists.
    #[error("`{first}` and `{second}` go through different lists; members of a group are the items of one")]
    TwoLists { first: String, second: String },
    /// A part of groups where there is no group.
    #[error("`{found}` can only be a bound of a group")]
    OnlyInGroups { found: &'static str },
    /// What a rule asks of a record before it can break is never so at once.
    #[error("this rule can never find anything: what it asks for before it is broken cannot hold at once")]
    NeverFails,
    /// Bounds that no number is within.
    #[error("no number is within these bounds: at least {least}, at most {most}")]
    NeverWithin { least: String, most: String },
    /// A bound that nothing can break.
    #[error("nothing ever breaks this bound: {reason}")]
    NeverBroken { reason: &'static str, reason_zh: &'static str },
    /// Something else than a number where one is calculated with.
    #[error("`{found}` is never a number")]
    NotANumber { found: String },
    /// A regular expression that is not one.
    #[error("not a regular expression: {reason}")]
    Regex { reason: String },
    /// Words that cannot be compiled.
    #[error("these words cannot be looked for: {reason}")]
    Words { reason: String },
    /// A check that asks for nothing.
    #[error("this check asks for nothing")]
    EmptyCheck,
    /// A check that is two things at once.
    #[error("`{first}` and `{second}` cannot stand in one check")]
    Mixed { first: &'static str, second: &'static str },
    /// A test without a place.
    #[error("`{test}` needs `at`: which field?")]
    NoPlace { test: &'static str },
    /// A fleet check under a combinator.
    #[error("`{found}` must be the whole check: it looks at all records at once")]
    NotNested { found: &'static str },
    /// One of several must be given.
    #[error("exactly one of {choices} must be given")]
    ExactlyOne { choices: &'static str },
    /// `until` is not after `from`.
    #[error("`until` must be later than `from`: this never holds")]
    PeriodReversed,
    /// The id is not the file's name.
    #[error("the id is `{id}`, but the file's place makes it `{expected}`")]
    IdMismatch { id: String, expected: String },
    /// Two rules of one pack with one id.
    #[error("`{id}` is defined twice")]
    Duplicate { id: String },
    /// No evidence.
    #[error("a rule needs evidence: who says so?")]
    NoEvidence,
    /// An entry of a pack that is no YAML file, or a file where none belongs.
    #[error("{reason}")]
    Pack { reason: String },
    /// A unit that is missing.
    #[error("`len` of a text needs `unit`: chars, width (1 Han = 2), effective, bytes or utf16")]
    NoUnit,
}

impl Localized for RuleError {
    fn text(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::NewTable { id } => format!("没有可以扩展的表“{id}”；新表要写 title、key 和 columns"),
            Self::UnknownKind { found, .. } => format!("没有“{found}”这种记录"),
            Self::UnknownPath { kind, found, .. } => format!("{kind} 没有字段“{found}”"),
            Self::UnknownParam { found, .. } => format!("这条规则没有参数“{found}”"),
            Self::UnknownTable { found, .. } => format!("没有名为“{found}”的表"),
            Self::RoleTaken { other } => format!("“{other}”已经是这个角色"),
            Self::UnknownLexicon { found, .. } => format!("没有名为“{found}”的词库"),
            Self::UnknownColumn { table, found, .. } => format!("表“{table}”没有列“{found}”"),
            Self::UnknownPlaceholder { found, .. } => format!("占位符“{{{found}}}”在这里没有对应的值"),
            Self::UnknownMessage { found } => format!("messages 里没有“{found}”"),
            Self::UnknownContact { found, .. } => format!("“{found}”不是已知的联系方式类别"),
            Self::UnknownCode { found, .. } => format!("“{found}”不是已知的码类型"),
            Self::UnknownClass { found, .. } => format!("表 code-contents 里没有“{found}”这一类"),
            Self::NotAnAsset { found } => format!("只有图片和视频里才有码，“{found}”不是图片或视频"),
            Self::Expected { expected, found } => format!("应为 {expected}，实际是“{found}”"),
            Self::UnknownChoice { field, found, .. } => format!("“{field}”没有“{found}”这个值，条件永远不成立"),
            Self::NoValue { found, .. } => format!("“{found}”是一组字段或列表，本身没有值"),
            Self::ManyValues { found } => {
                format!("“{found}”是列表每一项里的值；这里只能用每条记录只有一个的值")
            }
            Self::ManyOperands { found } => format!("“{found}”是列表每一项里的值，这里要的是一个值"),
            Self::TwoLists { first, second } => {
                format!("“{first}”和“{second}”在两个不同的列表里；一个分组的成员只能是同一个列表的项")
            }
            Self::OnlyInGroups { found } => format!("“{found}”只能用作 group 的上限或下限"),
            Self::NeverFails => "这条规则永远不会有发现：违反它所要的几个条件不能同时成立".to_owned(),
            Self::NeverWithin { least, most } => format!("没有数能同时满足：不小于 {least}、不大于 {most}"),
            Self::NeverBroken { reason_zh, .. } => format!("这个要求永远不会被违反：{reason_zh}"),
            Self::NotANumber { found } => format!("“{found}”不会是数字"),
            Self::Regex { reason } => format!("正则表达式有误：{reason}"),
            Self::Words { reason } => format!("这些词无法用于匹配：{reason}"),
            Self::EmptyCheck => "这个检查没有要求任何事".to_owned(),
            Self::Mixed { first, second } => format!("“{first}”和“{second}”不能写在同一个检查里"),
            Self::NoPlace { test } => format!("“{test}”缺少 at：要检查哪个字段？"),
            Self::NotNested { found } => format!("“{found}”要看全部记录，只能单独作为整个检查"),
            Self::ExactlyOne { choices } => format!("{choices} 必须且只能写一个"),
            Self::PeriodReversed => "until 必须晚于 from，否则永远不生效".to_owned(),
            Self::IdMismatch { id, expected } => format!("id 写的是“{id}”，但按文件位置应为“{expected}”"),
            Self::Duplicate { id } => format!("“{id}”定义了两次"),
            Self::NoEvidence => "规则必须有 evidence：依据是什么？".to_owned(),
            Self::Pack { reason } => reason.clone(),
            Self::NoUnit => "文字的 len 必须写明 unit：chars、width（汉字算 2）、effective、bytes 或 utf16".to_owned(),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        match self {
            Self::UnknownKind { suggestion, .. }
            | Self::UnknownPath { suggestion, .. }
            | Self::UnknownParam { suggestion, .. }
            | Self::UnknownTable { suggestion, .. }
            | Self::UnknownLexicon { suggestion, .. }
            | Self::UnknownColumn { suggestion, .. }
            | Self::UnknownPlaceholder { suggestion, .. } => suggestion.as_ref().map(|near| match lang {
                Lang::Zh => format!("是不是想写“{near}”？"),
                Lang::En => format!("did you mean `{near}`?"),
            }),
            Self::NoValue { suggestion, .. } => suggestion.as_ref().map(|field| match lang {
                Lang::Zh => format!("写明其中的字段，如“{field}”。"),
                Lang::En => format!("name a field in it, such as `{field}`"),
            }),
            Self::UnknownChoice { suggestion, .. } => Some(match lang {
                Lang::Zh => format!("应为：{suggestion}"),
                Lang::En => format!("known: {suggestion}"),
            }),
            Self::ManyValues { .. } => Some(match lang {
                Lang::Zh => "改用列表之外的字段；只看一条记录的各项，用 each 或 unique。".to_owned(),
                Lang::En => "use a field outside lists; for the items of one record use `each` or `unique`".to_owned(),
            }),
            Self::ManyOperands { found } => Some(match lang {
                Lang::Zh => format!("把各项加起来写 {{sum: [\"{found}\"]}}，数有几项用 count_of。"),
                Lang::En => format!("add the items up with {{sum: [\"{found}\"]}}, or count them with `count_of`"),
            }),
            Self::TwoLists { .. } => Some(match lang {
                Lang::Zh => "每个列表各写一条规则。".to_owned(),
                Lang::En => "write a rule for each list".to_owned(),
            }),
            Self::UnknownClass { known, .. } => Some(match lang {
                Lang::Zh => format!("可用的类别：{known}"),
                Lang::En => format!("known classes: {known}"),
            }),
            Self::UnknownContact { known, .. } | Self::UnknownCode { known, .. } => Some(match lang {
                Lang::Zh => format!("可用的类别：all, {known}"),
                Lang::En => format!("known kinds: all, {known}"),
            }),
            _ => None,
        }
    }
}
