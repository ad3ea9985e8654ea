//! From a rule's fix and a violation to byte edits.

use std::sync::Arc;

use super::finding::Fix;
use crate::message::Arg;
use crate::record::Record;
use crate::rules::check::FixRule;
use crate::rules::eval::Violation;
use crate::source::SourceFile;

pub(super) fn build(_source: &Arc<SourceFile>, _fix: &FixRule, _violation: &Violation<'_>, _record: Option<&Record<'_>>, _args: &[(String, Arg)]) -> Option<Fix> {
    None
}
