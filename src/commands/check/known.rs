//! The flags of the baseline, and what is said about its file.

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_base::text;
use dianjian_engine::baseline::BaselineUpdate;
use dianjian_project::{BaselineChange, KnownOptions};

use super::KnownArgs;

impl KnownArgs {
    /// The flags as options.
    pub fn options(&self) -> KnownOptions {
        let update = match (self.update_baseline, self.accept) {
            (true, _) => BaselineUpdate::Shrink,
            (_, true) => BaselineUpdate::Accept,
            _ => BaselineUpdate::Keep,
        };
        KnownOptions { baseline: self.baseline.clone(), update, keep: self.keep }
    }
}

/// What became of the baseline in a run as of a day.
pub fn baseline_note(change: &BaselineChange, as_of: NaiveDate) -> Text {
    let BaselineChange::Written { path, before, now, unseen, earlier_than, accepted, is_found } = change else {
        return text! { zh: "有错误，基线没有改动", en: "the baseline is left as it is, because of the problems above" };
    };
    let file = path.display();
    let note =
        text! { zh: "基线 {file}：原有 {before} 条，现有 {now} 条", en: "baseline {file}: {before} before, {now} now" };
    let more = match (accepted, is_found, earlier_than) {
        (_, _, Some(day)) => text! {
            zh: "；它是按 {day} 的规则写的，这次按更早的 {as_of} 检查，不去掉任何一条",
            en: "; it was written as of {day} and this run is as of {as_of}, so nothing is dropped",
        },
        (false, ..) if *unseen > 0 => text! {
            zh: "，其中 {unseen} 条这次没有检查到（文件或规则不在这次检查之内），保留",
            en: ", {unseen} of them kept because this run did not look at their files or rules",
        },
        (true, true, _) => text! { zh: "；以后 check 会自动使用它", en: "; `check` uses it from now on" },
        (true, false, _) => text! {
            zh: "；check 时用 --baseline {file}，或在 dianjian.yaml 里写 baseline:",
            en: "; `check` needs --baseline {file}, or `baseline:` in dianjian.yaml",
        },
        _ => Text::default(),
    };
    Text { zh: note.zh + &more.zh, en: note.en + &more.en }
}
