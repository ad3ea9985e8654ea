//! What can be wrong with a migration, a decision, or a plan that is being made.

use dianjian_base::lang::{Text, did_you_mean};
use dianjian_base::{localized, text};
use dianjian_rules::RuleError;

/// A mistake in a migration, a task or a decisions file; its place travels beside it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum MigrationError {
    /// A mistake that rules can have too.
    Rule(#[from] RuleError),
    Unknown {
        kind: NameKind,
        found: String,
        suggestion: Option<String>,
    },
    TaskCircle {
        tasks: String,
    },
    TwoFallbacks,
    NotSingle {
        field: String,
        how: &'static str,
    },
    NeedsOutcome {
        key: &'static str,
    },
    HoldsNoRecords {
        field: String,
    },
    OnlyOfShops,
    StaysWhole,
    PinBreaks {
        name: String,
        rule: String,
        legal: Vec<String>,
    },
    PinBrand {
        name: String,
        rule: String,
        legal: Vec<String>,
    },
    PinTaken {
        name: String,
        shop: String,
        legal: Vec<String>,
    },
    PinStays {
        shop: String,
    },
    LeftOut {
        shop: String,
    },
}

localized! { MigrationError {
    Self::Rule(error) => error,
    Self::Unknown { kind, found, suggestion } => {
        zh: format!("没有名为“{found}”的{}", kind.name().zh),
        en: format!("there is no {} `{found}`", kind.name().en),
        help: suggestion.as_ref().map(did_you_mean),
    }
    Self::TaskCircle { tasks } => { zh: "这些任务互相等待：{tasks}", en: "these tasks wait for one another: {tasks}" }
    Self::TwoFallbacks => {
        zh: "“*”回答所有规则，而另一个任务已经这样写了",
        en: "`*` answers every rule, and another task does so already",
    }
    Self::NotSingle { field, how } => {
        zh: "“{field}”不是单个值，不能 {how}",
        en: "`{field}` cannot be {how}: it is not a single value",
    }
    Self::NeedsOutcome { key } => { zh: "写了“{key}”就要写 outcome", en: "`{key}` needs an `outcome`" }
    Self::HoldsNoRecords { field } => { zh: "“{field}”里没有记录", en: "`{field}` holds no records" }
    Self::OnlyOfShops => { zh: "只有店铺的名称由计划来定", en: "names are chosen for shops alone" }
    Self::StaysWhole => {
        zh: "without 只用于照样迁移的店铺，而这些店铺暂不迁移",
        en: "`without` is for shops that move, and these are blocked",
    }
    Self::PinBreaks { name, rule, legal } => {
        zh: "名称“{name}”违反 {rule}",
        en: "the name `{name}` breaks `{rule}`",
        help: legal_names(legal),
    }
    Self::PinBrand { name, rule, legal } => {
        zh: "名称“{name}”用了这家店不能这样用的品牌：品牌没有认证，或者授权不到只叫品牌名的级别（{rule}）",
        en: "the name `{name}` has a brand that this shop may not use so: it is not certified for it, or its grant is not \
             one for the brand alone (`{rule}`)",
        help: legal_names(legal),
    }
    Self::PinTaken { name, shop, legal } => {
        zh: "名称“{name}”已属于店铺“{shop}”",
        en: "the name `{name}` is that of shop `{shop}`",
        help: legal_names(legal),
    }
    Self::PinStays { shop } => {
        zh: "店铺“{shop}”不迁移，不会改名",
        en: "shop `{shop}` does not move, so it gets no new name",
        help zh: "从 names 里去掉这家店。",
        help en: "remove it from `names`",
    }
    Self::LeftOut { shop } => {
        zh: "“{shop}”既被排除，又有别的决定",
        en: "`{shop}` is both left out and decided upon",
        help zh: "要么从 leave_out 里去掉，要么去掉别的决定。",
        help en: "remove it from `leave_out`, or remove the other decision",
    }
} }

fn legal_names(legal: &[String]) -> Option<Text> {
    let (zh, en) = (legal.join("、"), legal.join(", "));
    (!legal.is_empty()).then(|| text! { zh: "可用的名称：{zh}", en: "legal names are {en}" })
}

/// Kinds of things that have names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameKind {
    Task,
    Migration,
    System,
    Rule,
    Shop,
    Choice,
    Option,
}

impl NameKind {
    fn name(self) -> Text {
        match self {
            Self::Task => text! { zh: "任务", en: "task" },
            Self::Migration => text! { zh: "迁移规则", en: "migration" },
            Self::System => text! { zh: "店铺体系", en: "shop system" },
            Self::Rule => text! { zh: "规则", en: "rule" },
            Self::Shop => text! { zh: "店铺", en: "shop" },
            Self::Choice => text! { zh: "选择项", en: "choice" },
            Self::Option => text! { zh: "选项", en: "option" },
        }
    }
}

/// Why no plan can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanningError {
    /// Two migrations decide on one shop.
    TwoMigrations {
        /// The shop's file.
        file: String,
        /// The shop's line, from 1.
        line: u64,
        /// The id of the first.
        first: String,
        /// The id of the second.
        second: String,
    },
    /// A finding that the plan does not explain: a fault of the planner or of its migrations.
    Unexplained {
        /// The rule's id.
        rule: String,
        /// The shop's key.
        shop: String,
    },
    /// Edits that do not fit together: a fault of the planner.
    Edits {
        /// The file that they are for.
        file: String,
    },
    /// A workbook as it would be cannot be written to a temporary file for the re-check.
    Proof {
        /// The workbook.
        file: String,
        /// The system's own message.
        reason: String,
    },
    /// A file on another disk than the others.
    NoRoot {
        /// That file.
        file: String,
    },
}

localized! { PlanningError {
    Self::TwoMigrations { file, line, first, second } => {
        zh: "{file}:{line}：迁移规则“{first}”和“{second}”都决定了这家店的去向",
        en: "{file}:{line}: migrations `{first}` and `{second}` both say what becomes of this shop",
        help zh: "改它们的 when，让每家店只符合一条。",
        help en: "fix their `when` so that only one of them applies",
    }
    Self::Unexplained { rule, shop } => {
        zh: "计划留下了没有解释的问题：店铺“{shop}”的 {rule}",
        en: "the plan leaves a finding that it does not explain: `{rule}` in shop `{shop}`",
        help: fault(),
    }
    Self::Edits { file } => {
        zh: "对“{file}”的修改互相冲突",
        en: "the edits of `{file}` do not fit together",
        help: fault(),
    }
    Self::Proof { file, reason } => {
        zh: "改好的“{file}”无法检查：{reason}",
        en: "`{file}` as it would be cannot be checked: {reason}",
        help zh: "请检查临时文件夹还有没有空间，能不能写入。",
        help en: "make sure that the folder of temporary files has room and can be written to",
    }
    Self::NoRoot { file } => {
        zh: "“{file}”和其他文件没有共同的文件夹",
        en: "`{file}` and the other files have no folder in common",
    }
} }

fn fault() -> Option<Text> {
    Some(text! {
        zh: "这是 dianjian 或迁移规则的错误，没有写出计划；请报告这个问题。",
        en: "this is a bug in dianjian or in the migrations; no plan was written. Please report it",
    })
}
