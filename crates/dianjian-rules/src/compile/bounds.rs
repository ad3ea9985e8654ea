//! Bounds that contradict each other: a rule that has them never passes, or never fires.

use dianjian_document::source::Span;
use rust_decimal::Decimal;

use super::Compiler;
use crate::check::{CompiledOperand, RangeBound, Test};
use crate::error::RuleError;

/// A bound, and whether the number itself is excluded.
type Edge = (Decimal, bool);

impl Compiler<'_> {
    /// Notes bounds that are the same for every record and that no number is within.
    pub(super) fn bounds_meet<'b>(
        &mut self,
        bounds: impl IntoIterator<Item = (RangeBound, &'b CompiledOperand)>,
        span: Span,
    ) {
        let (mut least, mut most): (Option<Edge>, Option<Edge>) = (None, None);
        for (bound, operand) in bounds {
            let Some(number) = operand.constant() else { continue };
            let excluded = matches!(bound, RangeBound::Above | RangeBound::Below);
            match bound {
                RangeBound::Min | RangeBound::Above => least = least.max(Some((number, excluded))),
                RangeBound::Max | RangeBound::Below => {
                    let tighter = most.is_none_or(|(known, _)| number < known || number == known && excluded);
                    most = if tighter { Some((number, excluded)) } else { most };
                }
            }
        }
        if let (Some((least, above)), Some((most, below))) = (least, most)
            && (least > most || least == most && (above || below))
        {
            self.error(span, RuleError::NeverWithin { least: least.to_string(), most: most.to_string() });
        }
    }

    /// The same of the bounds of one field.
    pub(super) fn ranges_meet(&mut self, tests: &[Test], span: Span) {
        let ranges = tests.iter().filter_map(|test| match test {
            Test::Range(bound, operand) => Some((*bound, operand)),
            _ => None,
        });
        self.bounds_meet(ranges, span);
    }

    /// The same of a least and a most.
    pub(super) fn least_and_most(
        &mut self,
        least: Option<&CompiledOperand>,
        most: Option<&CompiledOperand>,
        span: Span,
    ) {
        let bounds = least.map(|least| (RangeBound::Min, least)).into_iter();
        self.bounds_meet(bounds.chain(most.map(|most| (RangeBound::Max, most))), span);
    }
}
