//! Periods and the days on which something changes.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::language::Period;

impl Period {
    /// Does it hold on that day? The one place where this is decided.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    /// Is there a day on which it holds?
    pub fn is_possible(&self) -> bool {
        self.from.zip(self.until).is_none_or(|(from, until)| from < until)
    }

    /// Adds the days on which it begins or ends.
    pub fn boundaries(&self, into: &mut BTreeSet<NaiveDate>) {
        into.extend(self.from);
        into.extend(self.until);
    }
}
