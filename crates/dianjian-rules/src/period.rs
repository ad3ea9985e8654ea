//! Periods and the days on which something changes.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::language::Period;

impl Period {
    /// Whether it holds on that day. Decided nowhere else.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    /// Whether there is a day on which it holds.
    pub fn is_possible(&self) -> bool {
        self.from.zip(self.until).is_none_or(|(from, until)| from < until)
    }

    /// Adds the first day on which it holds, and the first on which it no longer does.
    pub fn boundaries(&self, into: &mut BTreeSet<NaiveDate>) {
        into.extend(self.from);
        into.extend(self.until);
    }
}
