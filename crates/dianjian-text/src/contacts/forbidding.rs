//! Whether a clause warns of what a phrase asks for: 请勿添加微信私下交易, 加微信的都是骗子.

use super::lexicon::ContactContext;

/// Whether the clause, before and after a phrase, warns of what the phrase asks for.
pub(super) fn is_advice_against(before: &str, after: &str, context: &ContactContext) -> bool {
    forbids(before, context) || context.warnings.are_in(after)
}

/// Whether what stands before a phrase in its clause forbids or denies it.
fn forbids(before: &str, context: &ContactContext) -> bool {
    if before.ends_with('别') {
        return !context.words_in_bie.end(before);
    }
    if context.denials.end(before) && !context.not_denials.end(before) {
        return true;
    }
    // The negation that ends last is the one that may reach the phrase.
    let denied = context
        .forbidding
        .iter()
        .filter_map(|word| before.rfind(word).map(|at| &before[at + word.len()..]))
        .min_by_key(|rest| rest.len());
    // 不会用的加微信 is said of those who cannot use it: the negation belongs to what comes before 的.
    denied.is_some_and(|denied| !denied.contains('的') && !denies_shop(denied, context))
        && !context.urging.are_in(before)
}

/// Whether a negation has its verb already: 不要在小店拍加微信 denies the shop, not WeChat.
fn denies_shop(denied: &str, context: &ContactContext) -> bool {
    context.shop_places.are_in(denied) && context.shop_verbs.are_in(denied) && !context.away.are_in(denied)
}
