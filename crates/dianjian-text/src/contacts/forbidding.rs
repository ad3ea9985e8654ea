//! The frame of a sentence around a phrase: who asks for it, and who denies it.
//!
//! 请勿添加微信私下交易, 加微信的都是骗子 and 谁让你加微信谁就是骗子 warn of what the phrase asks for; 不加微信拿不到这个价 and
//! 加我微信不是骗子 only sound like it.

use std::ops::Deref;

use regex::Regex;

use super::lexicon::{ContactContext, ContactLexicon};
use super::pattern;
use crate::lexicon::FoldedWords;

/// What ends a clause.
pub(super) const CLAUSE_ENDS: &[char] = &[',', '。', '.', '!', '?', ';', '\n'];

/// What ends a sentence.
const SENTENCE_ENDS: &[char] = &['。', '!', '?', ';', '\n'];

/// How far from a phrase its sentence is looked at, in bytes: a text without punctuation is one sentence, and without a
/// limit each of its phrases would be judged by all of it.
const REACH: usize = 120;

/// The words around phrases, with their patterns ready to be looked for.
#[derive(Debug)]
pub(super) struct SentenceWords {
    words: ContactContext,
    /// `None` where there are none.
    turns: Option<Regex>,
}

impl Deref for SentenceWords {
    type Target = ContactContext;

    fn deref(&self) -> &ContactContext {
        &self.words
    }
}

impl SentenceWords {
    pub(super) fn new(lexicon: &ContactLexicon) -> Self {
        let words = lexicon.context.clone();
        let patterns: Vec<&str> = words.turns.0.values().flatten().map(String::as_str).collect();
        let parts = &lexicon.phrases.parts;
        let turns = (!patterns.is_empty()).then(|| pattern::compile(&patterns.join("|"), parts)).flatten();
        Self { words, turns }
    }

    /// Whether the rest of a sentence turns round what was denied or forbidden in it: 加不过来了.
    fn turn(&self, rest: &str) -> bool {
        self.turns.as_ref().is_some_and(|turns| turns.is_match(rest))
    }
}

/// A phrase, and what stands around it.
pub(super) struct PhraseFrame<'a> {
    phrase: &'a str,
    /// Its clause up to the phrase.
    before: &'a str,
    /// The rest of its clause.
    pub(super) after: &'a str,
    /// Its sentence up to the phrase.
    sentence_before: &'a str,
    /// The rest of its sentence.
    sentence_after: &'a str,
    /// What comes after its sentence, where that is a question.
    answer: Option<&'a str>,
    /// The sentence after its own.
    next_sentence: &'a str,
}

impl<'a> PhraseFrame<'a> {
    /// `before` and `after` the phrase, in a folded text without blanks.
    pub(super) fn new(before: &'a str, phrase: &'a str, after: &'a str) -> Self {
        let before = &before[before.floor_char_boundary(before.len().saturating_sub(REACH))..];
        let after = &after[..after.floor_char_boundary(REACH)];
        let sentence_end = after.find(SENTENCE_ENDS).unwrap_or(after.len());
        let (sentence_after, rest) = after.split_at(sentence_end);
        let next_sentence = rest.trim_start_matches(SENTENCE_ENDS);
        Self {
            phrase,
            next_sentence: next_sentence.split(SENTENCE_ENDS).next().unwrap_or(next_sentence),
            before: before.rsplit(CLAUSE_ENDS).next().unwrap_or(before),
            after: after.split(CLAUSE_ENDS).next().unwrap_or(after),
            sentence_before: before.rsplit(SENTENCE_ENDS).next().unwrap_or(before),
            sentence_after,
            answer: rest.strip_prefix('?'),
        }
    }

    /// Whether the sentence warns of what the phrase asks for.
    pub(super) fn warns(&self, context: &SentenceWords) -> bool {
        let reassures = context.reassuring.are_in(self.sentence_after);
        if context.warnings.are_in(self.after) && !reassures {
            return true;
        }
        // Somebody else asks for it, and the sentence says what to think of that.
        let judged = || [self.sentence_after, self.next_sentence].iter().any(|said| context.verdicts.are_in(said));
        if context.askers.are_in(self.sentence_before) && !reassures && judged() {
            return true;
        }
        self.is_told(context)
            || self.is_story(context)
            || self.is_denied_question(context)
            || self.is_forbidden(context)
    }

    /// 同桌突然加我好友, 大爷居然也挂个收款码: somebody tells what others do.
    fn is_told(&self, context: &ContactContext) -> bool {
        /// Bytes right before the phrase, for a verb after the adverb.
        const NEAR: usize = 12;
        let near = &self.before[self.before.ceil_char_boundary(self.before.len().saturating_sub(NEAR))..];
        context.narrating.are_in(near) || !self.phrase.contains('我') && context.narrating.are_in(self.before)
    }

    /// 上次进群买药，结果被骗三千: what happened to somebody. Whoever says 我 in the phrase invites all the same.
    fn is_story(&self, context: &ContactContext) -> bool {
        let sentence = [self.sentence_before, self.sentence_after];
        let tells = || sentence.iter().any(|part| context.stories.are_in(part));
        !self.phrase.contains('我') && tells() && !sentence.iter().any(|part| context.fears.are_in(part))
    }

    /// 能不能加微信，不可以哦: the answer to a question denies it.
    fn is_denied_question(&self, context: &SentenceWords) -> bool {
        let asked = context.questions.are_in(self.before) || context.questions.are_in(self.after);
        let next = self.sentence_after.get(self.after.len()..).and_then(|rest| rest.strip_prefix(','));
        // 加我微信犯法吗 asks for no answer.
        asked
            && !context.turn(self.after)
            && [next, self.answer].into_iter().flatten().any(|answer| context.denying_answers.begin(answer))
    }

    /// Whether the clause before a denial shows that the speaker denies something of those who listen: 你不加微信, 没进群的.
    /// What the shop denies of itself (我们家不加微信的) is denied, and so is what makes no difference (不加微信的也有).
    fn is_said_of_others(&self, denied: &str, context: &SentenceWords) -> bool {
        // The denial belongs to whom it is said of: 还没, 你不.
        let before = denied.trim_end_matches(['不', '没', '有', '未', '还', '都', '再']);
        let named = self.after.strip_prefix('的').is_some_and(|rest| rest.chars().nth(1).is_some());
        let named = named || self.after == "的" && self.sentence_after.len() > self.after.len();
        (named || context.listeners.end(before))
            && !context.deniers.are_in(before)
            && !context.concessions.are_in(self.sentence_after)
    }

    /// Whether the sentence has a word of each list.
    pub(super) fn has_each(&self, lists: &[FoldedWords]) -> bool {
        let parts = [self.sentence_before, self.phrase, self.sentence_after];
        lists.iter().all(|words| parts.iter().any(|part| words.are_in(part)))
    }

    /// Whether what stands before the phrase in its clause forbids or denies it.
    fn is_forbidden(&self, context: &SentenceWords) -> bool {
        // 不建微信群 denies the group as 没有微信群 does.
        let verb = context.denied_verbs.iter().find_map(|verb| self.before.strip_suffix(verb));
        let before = verb.filter(|before| context.denials.end(before)).unwrap_or(self.before);
        let warned = context.warnings.are_in(self.sentence_after);
        let turned = context.irony.are_in(self.sentence_after) || context.turn(self.sentence_after);
        let ironic = turned && !warned;
        if before.ends_with('别') {
            return !context.words_in_bie.end(before) && !ironic;
        }
        if context.denials.end(before) && !context.not_denials.end(before) {
            // 不加微信拿不到这个价: what is lost without it urges.
            let named = self.after.starts_with('的') || self.after.is_empty() && self.answer.is_some();
            let hurried = if named { [self.sentence_after, self.next_sentence] } else { [self.after, ""] };
            let withheld = self.after.starts_with('的') && context.withheld.are_in(self.sentence_after);
            let loses =
                context.losses.are_in(self.sentence_after) || hurried.iter().any(|said| context.hurry.are_in(said));
            let urges = loses || withheld || self.is_said_of_others(before, context);
            return !(urges && !warned || ironic);
        }
        // The negation that ends last is the one that may reach the phrase.
        let denied = context
            .forbidding
            .iter()
            .filter_map(|word| before.rfind(word).map(|at| &before[at + word.len()..]))
            .min_by_key(|rest| rest.len());
        // 不会用的加微信 is said of those who cannot use it: the negation belongs to what comes before 的. That of
        // 不要把自己的手机号打在公屏上 only says whose it is.
        denied.is_some_and(|denied| {
            let named = context.trusting.are_in(denied) || context.warned_things.are_in(before);
            (named || !has_attribute(denied, context)) && !denies_something_else(denied, before, context)
        }) && !context.urging.are_in(before)
            && !ironic
    }
}

/// Whether 的 makes an attribute of what stands before it, and does not only say whose something is.
fn has_attribute(denied: &str, context: &ContactContext) -> bool {
    denied.match_indices('的').any(|(at, _)| !context.owners.end(&denied[..at]))
}

/// Whether a negation has its verb already: 不要在小店拍加微信 denies the shop, 小心走丢加微信 a loss, 无需下单加微信 an order.
fn denies_something_else(denied: &str, before: &str, context: &ContactContext) -> bool {
    let needless = before.strip_suffix(denied).is_some_and(|before| context.needless.end(before));
    let has_verb = context.shop_verbs.are_in(denied) && !context.away.are_in(denied);
    // 请勿直拍 先加微信: a blank that folding took out parts the two, and the second begins anew.
    let restarts = || context.restarts.end(denied) && !context.sequels.end(denied);
    has_verb && (needless || context.shop_places.are_in(denied) || restarts())
        || context.losses.are_in(denied)
        || context.own_verbs.are_in(denied)
}
