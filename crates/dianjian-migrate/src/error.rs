//! What can be wrong with a migration, a decision, or a plan that is being made.

use dianjian_base::lang::{Lang, Localized};
use dianjian_rules::RuleError;

/// A mistake in a migration, a task or a decisions file; its place travels beside it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MigrationError {
    /// A mistake that rules can have too.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// A name that stands for nothing.
    #[error("there is no {what} `{found}`")]
    Unknown {
        /// What sort of thing.
        what: NameKind,
        /// What was written.
        found: String,
        /// The nearest.
        suggestion: Option<String>,
    },
    /// Tasks that wait for one another.
    #[error("these tasks wait for one another: {tasks}")]
    TaskCircle {
        /// Their ids.
        tasks: String,
    },
    /// Only one may answer everything.
    #[error("`*` answers every rule, and another task does so already")]
    TwoFallbacks,
    /// A field that cannot be changed in this way.
    #[error("`{field}` cannot be {how}: it is no single value")]
    NotSingle {
        /// Its path.
        field: String,
        /// `set` or the like.
        how: &'static str,
    },
    /// A way without outcome that says what only an outcome can say.
    #[error("`{key}` needs an `outcome`")]
    NeedsOutcome {
        /// The key.
        key: &'static str,
    },
    /// A list of something else than records.
    #[error("`{field}` holds no records")]
    HoldsNoRecords {
        /// The field.
        field: String,
    },
    /// A name for a record inside a shop.
    #[error("names are chosen for shops alone")]
    OnlyOfShops,
    /// Something goes from shops that are left as they are.
    #[error("`without` is for shops that move, and these are blocked")]
    StaysWhole,
    /// A pinned name that a rule forbids.
    #[error("the name `{name}` breaks `{rule}`")]
    PinBreaks {
        /// The name.
        name: String,
        /// The rule.
        rule: String,
        /// Names that the shop could have.
        legal: Vec<String>,
    },
    /// A pinned name that another shop has.
    #[error("the name `{name}` is that of shop `{shop}`")]
    PinTaken {
        /// The name.
        name: String,
        /// The shop's key.
        shop: String,
        /// Names that the shop could have.
        legal: Vec<String>,
    },
    /// A pinned name for a shop that gets none.
    #[error("shop `{shop}` does not move, so that it gets no name")]
    PinStays {
        /// The shop's key.
        shop: String,
    },
    /// Two decisions that contradict each other.
    #[error("`{shop}` is both left out and decided upon")]
    LeftOut {
        /// The shop's key.
        shop: String,
    },
}

/// Sorts of things that have names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// A task's kind.
    Task,
    /// A shop system.
    System,
    /// A rule or a pattern of rules.
    Rule,
    /// A shop of the fleet.
    Shop,
    /// A choice of a migration.
    Choice,
    /// One way to choose.
    Option,
    /// A limit over several shops that is exceeded.
    Limit,
}

impl std::fmt::Display for NameKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Task => "task",
            Self::System => "shop system",
            Self::Rule => "rule",
            Self::Shop => "shop",
            Self::Choice => "choice",
            Self::Option => "option",
            Self::Limit => "exceeded limit",
        })
    }
}

impl NameKind {
    const fn zh(self) -> &'static str {
        match self {
            Self::Task => "任务",
            Self::System => "店铺体系",
            Self::Rule => "规则",
            Self::Shop => "店铺",
            Self::Choice => "选择项",
            Self::Option => "选项",
            Self::Limit => "超限的对象",
        }
    }
}

impl Localized for MigrationError {
    fn text(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::Rule(error) => error.text(lang),
            Self::Unknown { what, found, .. } => format!("没有名为“{found}”的{}", what.zh()),
            Self::TaskCircle { tasks } => format!("这些任务互相等待：{tasks}"),
            Self::TwoFallbacks => "“*”回答所有规则，而另一个任务已经这样写了".to_owned(),
            Self::NotSingle { field, how } => format!("“{field}”不是单个值，不能 {how}"),
            Self::NeedsOutcome { key } => format!("写了“{key}”就要写 outcome"),
            Self::HoldsNoRecords { field } => format!("“{field}”里没有记录"),
            Self::OnlyOfShops => "只有店铺的名称由计划来定".to_owned(),
            Self::StaysWhole => "without 只用于照样迁移的店铺，而这些店铺暂不迁移".to_owned(),
            Self::PinBreaks { name, rule, .. } => format!("名称“{name}”违反 {rule}"),
            Self::PinTaken { name, shop, .. } => format!("名称“{name}”已属于店铺“{shop}”"),
            Self::PinStays { shop } => format!("店铺“{shop}”不迁移，不会改名"),
            Self::LeftOut { shop } => format!("“{shop}”既被排除，又有别的决定"),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        match self {
            Self::Rule(error) => error.help(lang),
            Self::Unknown { suggestion, .. } => suggestion.as_ref().map(|near| match lang {
                Lang::Zh => format!("是不是想写“{near}”？"),
                Lang::En => format!("did you mean `{near}`?"),
            }),
            Self::PinBreaks { legal, .. } | Self::PinTaken { legal, .. } if !legal.is_empty() => Some(match lang {
                Lang::Zh => format!("可用的名称：{}", legal.join("、")),
                Lang::En => format!("legal names are {}", legal.join(", ")),
            }),
            Self::PinStays { .. } => Some(match lang {
                Lang::Zh => "从 names 里去掉这家店。".to_owned(),
                Lang::En => "remove it from `names`".to_owned(),
            }),
            Self::LeftOut { .. } => Some(match lang {
                Lang::Zh => "要么从 leave_out 里去掉，要么去掉别的决定。".to_owned(),
                Lang::En => "remove it from `leave_out`, or remove the other decision".to_owned(),
            }),
            _ => None,
        }
    }
}

/// Why no plan can be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanningError {
    /// Two migrations want one shop.
    #[error("{file}:{line}: migrations `{first}` and `{second}` both say what becomes of this shop")]
    TwoWays {
        /// The shop's file.
        file: String,
        /// Its line.
        line: u64,
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// A finding that the plan does not explain: a fault of the planner or of its migrations.
    #[error("the plan leaves a finding that it does not explain: `{rule}` in shop `{shop}`")]
    Unexplained {
        /// The rule.
        rule: String,
        /// The shop, by key.
        shop: String,
    },
    /// Edits that do not fit together: a fault of the planner.
    #[error("the edits of `{file}` do not fit together")]
    Edits {
        /// The file.
        file: String,
    },
    /// A workbook as it would be cannot be laid aside for the check.
    #[error("`{file}` as it would be cannot be checked: {reason}")]
    Proof {
        /// The file.
        file: String,
        /// Why not.
        reason: String,
    },
    /// A file that lies on another disk or above the root.
    #[error("`{file}` and the other files have no folder in common")]
    NoRoot {
        /// The file.
        file: String,
    },
}

impl Localized for PlanningError {
    fn text(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::TwoWays { file, line, first, second } => {
                format!("{file}:{line}：迁移规则“{first}”和“{second}”都决定了这家店的去向")
            }
            Self::Unexplained { rule, shop } => format!("计划留下了没有解释的问题：店铺“{shop}”的 {rule}"),
            Self::Edits { file } => format!("对“{file}”的修改互相冲突"),
            Self::Proof { file, reason } => format!("改好的“{file}”无法检查：{reason}"),
            Self::NoRoot { file } => format!("“{file}”和其他文件没有共同的文件夹"),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        let (zh, en) = match self {
            Self::TwoWays { .. } => {
                ("改它们的 when，让每家店只符合一条。", "mend their `when` so that one of them applies")
            }
            Self::Unexplained { .. } | Self::Edits { .. } => (
                "这是 dianjian 或迁移规则的错误，没有写出计划；请报告这个问题。",
                "this is a fault of dianjian or of the migrations; no plan was written. Please report it",
            ),
            Self::Proof { .. } => (
                "请检查临时文件夹还有没有空间，能不能写入。",
                "make sure that the folder of temporary files has room and can be written to",
            ),
            Self::NoRoot { .. } => return None,
        };
        Some(if lang == Lang::Zh { zh } else { en }.to_owned())
    }
}
