//! Whom a note on a category lets in: 入驻主体类型仅限于企业、个体工商户; 个人不可入驻.
//!
//! The words are data, the lexicon [`SubjectTerms`]; the grammar over them is here. Within a sentence it looks for lists of
//! subjects (企业和个体工商户) and for what stands right before and after each: a list is the only one that may enter, or it
//! may not enter, or it may. A list that is part of another noun (企业标准, 个人信息) says nothing, and neither does a
//! prohibition of something other than entering (个人不得转让).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::fold::{Fold, fold};
use super::lexicon::FoldedWords;

crate::lexicon! {
    /// How notes on categories say which subjects may open a shop there; `rules/lexicons/subject-terms.yaml`.
    pub struct SubjectTerms = "subject-terms" {
        /// What each type of subject is called; the types are the values of `Shop.subject.type`.
        subjects: BTreeMap<String, FoldedWords>,
        /// What may follow a subject's name without changing whom it means: 企业店, 企业主体.
        tails: FoldedWords,
        /// What joins subjects to a list.
        joins: FoldedWords,
        /// Before a list: these subjects and no others.
        only: FoldedWords,
        /// Before a word of `only`: it is another word, or the opposite.
        not_only: FoldedWords,
        /// Before a list: these subjects and no others, where the words before it speak of who enters.
        must_be: FoldedWords,
        /// What speaks of who enters.
        scope: FoldedWords,
        /// Before the list: it is not about who enters but about a trademark, a report or the like.
        other_matters: FoldedWords,
        /// Between two lists: the second is part of the first (企业（含个体工商户）).
        including: FoldedWords,
        /// These subjects may not, before or after the list.
        deny: FoldedWords,
        /// These subjects may, after the list.
        permit: FoldedWords,
        /// After a list: these subjects and no others (企业方可入驻).
        only_then: FoldedWords,
        /// Between a word of `only` and a list: what says more of the subjects.
        modifiers: FoldedWords,
        /// What subjects do, or do not, when they enter.
        enter: FoldedWords,
        /// Adverbs between a list and its verb.
        adverbs: FoldedWords,
        /// Before a list: everybody but these.
        other_than: FoldedWords,
        /// After a list that follows a word of `other_than`.
        besides: FoldedWords,
    }
}

/// Types of subjects, by their names in the lexicon.
pub type Subjects<'t> = BTreeSet<&'t str>;

/// What a note says of whom it lets in.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Admission<'t> {
    terms: Vec<(Range<usize>, Term<'t>)>,
}

/// What one place of a note says.
#[derive(Debug, PartialEq, Eq)]
enum Term<'t> {
    Only(Subjects<'t>),
    Refused(Subjects<'t>),
    Admitted(Subjects<'t>),
}

impl Admission<'_> {
    /// The places that keep a type of subject out.
    pub fn refusals(&self, subject: &str) -> Vec<Range<usize>> {
        let is_admitted =
            self.terms.iter().any(|(_, term)| matches!(term, Term::Admitted(subjects) if subjects.contains(subject)));
        let keeps_out = |term: &Term<'_>| match term {
            Term::Only(subjects) => !subjects.contains(subject) && !is_admitted,
            Term::Refused(subjects) => subjects.contains(subject),
            Term::Admitted(_) => false,
        };
        self.terms.iter().filter(|(_, term)| keeps_out(term)).map(|(range, _)| range.clone()).collect()
    }
}

/// A list of subjects in a folded text.
struct SubjectList<'t> {
    range: Range<usize>,
    subjects: Subjects<'t>,
}

impl SubjectTerms {
    /// Reads a note.
    pub fn read(&self, note: &str) -> Admission<'_> {
        let folded = fold(note, Fold::Script);
        let text = folded.as_str();
        let mut admission = Admission::default();
        let mut start = 0;
        for sentence in text.split_inclusive(['。', ';', '!', '?', '\n']) {
            for (range, term) in self.sentence(sentence) {
                admission.terms.push((folded.original(start + range.start..start + range.end), term));
            }
            start += sentence.len();
        }
        admission
    }

    fn sentence(&self, sentence: &str) -> Vec<(Range<usize>, Term<'_>)> {
        let mut terms: Vec<(Range<usize>, Term<'_>)> = Vec::new();
        // The end of a list behind `only`: one that a comma parts from it goes on with it.
        let mut open: Option<usize> = None;
        let mut at = 0;
        while let Some(character) = sentence[at..].chars().next() {
            let Some(list) = self.list(sentence, at) else {
                at += character.len_utf8();
                continue;
            };
            at = list.range.end;
            let continued = open.is_some_and(|end| self.goes_on(&sentence[end..list.range.start]));
            let end = list.range.end;
            let is_plain = is_border(&sentence[end..]);
            match terms.last_mut() {
                Some((range, Term::Only(subjects))) if continued && is_plain => {
                    subjects.extend(list.subjects);
                    range.end = end;
                    open = Some(end);
                }
                _ => {
                    let term = self.term(sentence, list);
                    open = matches!(term, Some((_, Term::Only(_)))).then_some(end);
                    terms.extend(term);
                }
            }
        }
        terms
    }

    /// Whether what stands between two lists makes them one: 仅限企业，个体工商户 and 仅限企业（含个体工商户）.
    fn goes_on(&self, between: &str) -> bool {
        let rest = between.trim_matches([',', ' ', '、', '(']);
        rest.is_empty() || self.including.has(rest)
    }

    /// The list of subjects that begins at a place.
    fn list(&self, text: &str, start: usize) -> Option<SubjectList<'_>> {
        let mut subjects = Subjects::new();
        let mut end = start;
        let mut at = start;
        while let Some((subject, word)) = self.subject(&text[at..]) {
            subjects.insert(subject);
            end = at + word.len();
            while let Some(tail) = leading_word(&text[end..], &self.tails) {
                end += tail.len();
            }
            let gap = text[end..].len() - text[end..].trim_start_matches([' ', '"', '“', '”']).len();
            let Some(join) = leading_word(&text[end + gap..], &self.joins) else { break };
            at = end + gap + join.len();
            at += text[at..].len() - text[at..].trim_start_matches([' ', '"', '“', '”']).len();
        }
        (!subjects.is_empty()).then_some(SubjectList { range: start..end, subjects })
    }

    /// The longest name of a subject that a text begins with: 个人独资企业 is no 个人.
    fn subject<'s>(&'s self, text: &str) -> Option<(&'s str, &'s str)> {
        let names =
            self.subjects.iter().flat_map(|(subject, words)| words.iter().map(move |word| (subject.as_str(), word)));
        names.filter(|(_, word)| text.starts_with(word)).max_by_key(|(_, word)| word.len())
    }

    /// What is said of a list.
    fn term<'s>(&'s self, sentence: &str, list: SubjectList<'s>) -> Option<(Range<usize>, Term<'s>)> {
        let SubjectList { range, subjects } = list;
        let part = sentence[..range.start].rfind([',', '(', ')']).map_or(0, |at| at + 1);
        let before = self.without_modifier(sentence[part..range.start].trim_end_matches([' ', '"', '“', '(', ':']));
        let marked = sentence[part..range.start].trim_end_matches([' ', '"', '“', '(']);
        let after = sentence[range.end..].trim_start_matches([' ', '"', '”']);
        let from = |word: &str| part + before.len() - word.len();
        if let Some(word) = trailing_word(before, &self.other_than) {
            let is_denied = trailing_word(&before[..before.len() - word.len()], &self.deny).is_some();
            let term = if is_denied { Some(Term::Only(subjects)) } else { self.other_than(after, subjects) };
            return term.map(|term| (from(word)..range.end, term));
        }
        let is_elsewhere = self.other_matters.are_in(before);
        if let Some(word) = trailing_word(before, &self.only) {
            let says_so = !self.not_only.end(&before[..before.len() - word.len()]);
            let goes_on = is_border(after) || self.follows(after);
            return (says_so && goes_on && !is_elsewhere).then_some((from(word)..range.end, Term::Only(subjects)));
        }
        if let Some(word) = trailing_word(before, &self.deny) {
            let enters = leading_word(after, &self.enter).is_some() || is_border(after);
            return (enters && !is_elsewhere).then_some((from(word)..range.end, Term::Refused(subjects)));
        }
        if let Some(word) = leading_word(after, &self.only_then) {
            let verb = self.after_adverbs(&after[word.len()..]);
            let enters = leading_word(verb, &self.enter).is_some() || is_border(verb);
            return (enters && !is_elsewhere).then_some((range, Term::Only(subjects)));
        }
        // 企业以外的主体不可入驻, while 企业外包 is one word.
        let besides = leading_word(after, &self.besides).filter(|word| word.chars().count() > 1);
        if besides.is_some() && self.deny.are_in(after.split(',').next().unwrap_or_default()) {
            return Some((range, Term::Only(subjects)));
        }
        if let Some(length) = self.denied(after) {
            let end = sentence.len() - after.len() + length;
            return (!is_elsewhere).then_some((range.start..end, Term::Refused(subjects)));
        }
        if let Some(word) = trailing_word(marked, &self.must_be) {
            let said_of = &marked[..marked.len() - word.len()];
            let is_of_entry = self.scope.are_in(said_of) || !said_of.contains(char::is_alphabetic);
            let is_said = is_of_entry && is_border(after) && !is_elsewhere;
            return is_said.then_some((range.start - word.len()..range.end, Term::Only(subjects)));
        }
        let verb = self.after_adverbs(after);
        let rest = leading_word(verb, &self.permit).map(|word| self.after_adverbs(&verb[word.len()..]))?;
        let enters = leading_word(rest, &self.enter).is_some() || is_border(rest);
        enters.then_some((range, Term::Admitted(subjects)))
    }

    /// 非企业不可入驻; 除个人外均可入驻.
    fn other_than<'s>(&self, after: &str, subjects: Subjects<'s>) -> Option<Term<'s>> {
        let part = after.split(',').next().unwrap_or_default();
        let rest = leading_word(part, &self.besides).map_or(part, |word| &part[word.len()..]);
        // The verb may stand behind a comma: 除企业外，其他主体不可入驻.
        let rest = if rest.trim().is_empty() { after } else { rest };
        if self.deny.are_in(rest) {
            return Some(Term::Only(subjects));
        }
        self.permit.are_in(rest).then_some(Term::Refused(subjects))
    }

    /// How far a prohibition of entering reaches that a text begins with: 个体工商户暂时还不支持.
    fn denied(&self, after: &str) -> Option<usize> {
        let verb = self.after_adverbs(after);
        let rest = &verb[leading_word(verb, &self.deny)?.len()..];
        let entry = self.after_adverbs(rest);
        match leading_word(entry, &self.enter) {
            Some(word) => Some(after.len() - entry.len() + word.len()),
            None => is_border(rest).then_some(after.len() - rest.len()),
        }
    }

    /// 仅限具有法人资格的 and 仅限境内 without what says more of the subjects that follow.
    fn without_modifier<'x>(&self, mut before: &'x str) -> &'x str {
        while let Some(word) = trailing_word(before, &self.modifiers) {
            before = before[..before.len() - word.len()].trim_end();
        }
        let ends = || {
            let words = self.only.iter().filter(|word| word.chars().count() > 1);
            words.filter_map(|word| Some(before.rfind(word)? + word.len())).max()
        };
        let Some(end) = before.ends_with('的').then(ends).flatten() else { return before };
        if before[end..].contains(is_mark) { before } else { &before[..end] }
    }

    fn after_adverbs<'x>(&self, mut text: &'x str) -> &'x str {
        while let Some(word) = leading_word(text, &self.adverbs) {
            text = &text[word.len()..];
        }
        text
    }

    /// Whether a verb of entering follows, perhaps after an adverb: 仅企业可入驻.
    fn follows(&self, after: &str) -> bool {
        let verb = self.after_adverbs(after);
        leading_word(verb, &self.enter).is_some() || leading_word(verb, &self.permit).is_some()
    }
}

/// The longest of the words that a text begins with.
fn leading_word<'w>(text: &str, words: &'w FoldedWords) -> Option<&'w str> {
    words.iter().filter(|word| text.starts_with(word)).max_by_key(|word| word.len())
}

/// The longest of the words that a text ends with.
fn trailing_word<'w>(text: &str, words: &'w FoldedWords) -> Option<&'w str> {
    words.iter().filter(|word| text.ends_with(word)).max_by_key(|word| word.len())
}

fn is_mark(character: char) -> bool {
    !character.is_alphanumeric() && character != ' '
}

/// Whether the text before has come to its end.
fn is_border(after: &str) -> bool {
    after.trim_start().chars().next().is_none_or(is_mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> SubjectTerms {
        let words = |words: &[&str]| serde_json::json!(words);
        serde_json::from_value(serde_json::json!({
            "lexicon": "subject-terms",
            "subjects": {
                "enterprise": words(&["企业", "个人独资企业"]),
                "sole-trader": words(&["个体工商户", "个体"]),
                "individual": words(&["个人"]),
            },
            "tails": words(&["店", "主体"]),
            "joins": words(&["、", "和"]),
            "only": words(&["仅限", "限", "仅支持"]),
            "not_only": words(&["不", "有"]),
            "must_be": words(&["须为", ":"]),
            "scope": words(&["主体", "入驻"]),
            "other_matters": words(&["商标"]),
            "deny": words(&["不可", "不支持", "不得"]),
            "permit": words(&["可"]),
            "enter": words(&["入驻"]),
            "only_then": words(&["方可"]),
            "modifiers": words(&["境内"]),
            "including": words(&["含"]),
            "adverbs": words(&["均"]),
            "other_than": words(&["除", "非"]),
            "besides": words(&["外"]),
        }))
        .unwrap()
    }

    #[test]
    fn notes_say_who_is_kept_out() {
        let terms = terms();
        let cases: &[(&str, &[&str])] = &[
            ("仅限企业", &["sole-trader", "individual"]),
            ("入驻主体:限企业、个体工商户。", &["individual"]),
            ("入驻主体须为企业,个体工商户。商标须为企业持有", &["individual"]),
            ("仅支持具有资格的企业店入驻", &["sole-trader", "individual"]),
            ("仅限个人独资企业", &["sole-trader", "individual"]),
            ("个人不可入驻", &["individual"]),
            ("不支持个人、个体入驻", &["sole-trader", "individual"]),
            ("非企业主体不得入驻", &["sole-trader", "individual"]),
            ("除企业外,其他主体不得入驻", &["sole-trader", "individual"]),
            ("除个人外均可入驻", &["individual"]),
            ("企业不支持入驻", &["enterprise"]),
            ("企业方可入驻", &["sole-trader", "individual"]),
            ("仅限企业（含个体工商户）", &["individual"]),
            ("仅限企业（不含个体工商户）", &["sole-trader", "individual"]),
            ("仅限境内企业入驻", &["sole-trader", "individual"]),
            ("1、须为企业主体", &["sole-trader", "individual"]),
            ("仅限企业;个体可入驻", &["individual"]),
            ("不限企业", &[]),
            ("企业和个体均可入驻", &[]),
            ("商标注册人须为企业", &[]),
            ("个人不得转让", &[]),
            ("企业标准不得低于国标", &[]),
            ("", &[]),
        ];
        for (note, refused) in cases {
            let admission = terms.read(note);
            let found = ["enterprise", "sole-trader", "individual"]
                .into_iter()
                .filter(|subject| !admission.refusals(subject).is_empty());
            assert_eq!(found.collect::<Vec<_>>(), *refused, "{note}: {admission:?}");
        }
        let note = "（仅限企業入駐）";
        assert_eq!(terms.read(note).refusals("individual").first().map(|range| &note[range.clone()]), Some("仅限企業"));
    }
}
