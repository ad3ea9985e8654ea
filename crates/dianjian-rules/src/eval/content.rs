//! Tests of what a text has inside. A text is scanned once for all rules that read it.

use std::ops::Range;
use std::sync::Arc;

use dianjian_base::message::Arg;
use dianjian_document::source::Span;
use dianjian_text::{self as text, Contact, ContentFlags, DisguiseKind, Tier, WordHit};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::violation::{FailureSink, TestFailure, fails};
use super::{EachItem, EvalContext, Outcome};
use crate::check::{SearchedContent, Tiers};
use crate::placeholder::Placeholder;
use crate::record::{AssetEntry, Value};

/// Texts that have been scanned and assets that were examined, by their places.
#[derive(Debug, Default)]
pub struct Scans {
    words: Vec<(usize, (u32, u32), Vec<WordHit>)>,
    contacts: Vec<((u32, u32), Vec<Contact>)>,
    /// The assets that were looked at, by the place of their entry.
    pub(super) assets: FxHashMap<u32, (Span, Arc<AssetEntry>)>,
    /// Buffers to use again.
    spare: Vec<Vec<WordHit>>,
}

/// Something found in a text, with the values of placeholders.
#[derive(Debug)]
pub(super) struct TextHit {
    pub range: Range<usize>,
    pub args: Vec<(Placeholder, Arg)>,
}

impl Scans {
    /// Forgets everything but the buffers.
    pub fn clear(&mut self) {
        for (_, _, mut hits) in self.words.drain(..) {
            hits.clear();
            self.spare.push(hits);
        }
        self.contacts.clear();
        self.assets.clear();
    }
}

impl<'a> EvalContext<'_, 'a> {
    pub(super) fn content(
        &mut self,
        value: &Value<'a>,
        content: &SearchedContent,
        wanted: bool,
        item: Option<EachItem<'_, 'a>>,
        out: &mut FailureSink<TestFailure>,
    ) -> Outcome {
        let contacts = &self.rules.contacts;
        let mut any = false;
        let mut note = |failure: &dyn Fn() -> TestFailure| {
            any = true;
            if !wanted {
                out.push(failure);
            }
        };
        let read = match content {
            SearchedContent::Words { plan, list, words, tiers, heeds_warnings } => {
                self.words(value, *plan, |text, hit| {
                    let is_warned_of = || *heeds_warnings && contacts.warns_of(text, hit.range.clone());
                    if hit.list.0 == *list && counts(*tiers, hit.tier) && !is_warned_of() {
                        let word = words.get(hit.word).cloned().unwrap_or_default();
                        note(&|| {
                            let reason = DisguiseKind::title_of(hit.disguise);
                            TestFailure::at(text, hit.range.clone())
                                .with(Placeholder::Word, Arg::Text(word.clone()))
                                .with(Placeholder::Reason, Arg::Localized(reason))
                        });
                    }
                })
            }
            SearchedContent::Contacts(kinds, tiers) => self.contacts(value, |text, contact| {
                if kinds.as_ref().is_none_or(|kinds| kinds.contains(&contact.kind)) && counts(*tiers, contact.tier) {
                    note(&|| {
                        let failure = TestFailure::at(text, contact.range.clone())
                            .with(Placeholder::Kind, Arg::Localized(contact.kind.title()))
                            .with(Placeholder::Word, Arg::Text(contact.value.clone()));
                        match &contact.reading {
                            Some(reading) => failure.with(Placeholder::Reading, Arg::Text(reading.clone())),
                            None => failure,
                        }
                    });
                }
            }),
            SearchedContent::Pattern(pattern) => value.with_text(|text| {
                let found = pattern.regex().map(|regex| regex.find_iter(text));
                for found in found.into_iter().flatten() {
                    note(&|| TestFailure::at(text, found.range()));
                }
            }),
            SearchedContent::Invisible => value.with_text(|text| {
                let mut found = text::invisible(text).into_iter();
                let Some((first, character)) = found.next() else { return };
                // Where there is one there may be thousands.
                let more: Vec<_> = found.map(|(range, _)| range).collect();
                note(&|| {
                    let count = Arg::Number(Decimal::from(more.len() + 1));
                    TestFailure { more: more.clone(), ..TestFailure::at(text, first.clone()) }
                        .with(Placeholder::Found, Arg::Text(format!("U+{:04X}", u32::from(character))))
                        .with(Placeholder::Count, count)
                });
            }),
            SearchedContent::LostEncoding => value.with_text(|text| {
                for range in text::undecodable(text) {
                    note(&|| TestFailure::at(text, range.clone()));
                }
            }),
            SearchedContent::Refuses(subject, terms) => self.operand(subject, item).and_then(|subject| {
                value.with_text(|text| {
                    for range in terms.read(text).refusals(&subject.text) {
                        note(&|| TestFailure::at(text, range.clone()));
                    }
                })
            }),
            SearchedContent::PictureText(spec) => {
                let read = self.picture_texts(value, spec, |entry, shown, hit| {
                    note(&|| {
                        hit.args.iter().cloned().fold(TestFailure::seen(value, entry, shown), |failure, (name, arg)| {
                            failure.with(name, arg)
                        })
                    });
                });
                // A picture that nobody could read may show anything, so that is no PASS.
                if any { Some(()) } else { read }
            }
            SearchedContent::Codes(codes) => {
                let seen = self.codes(value, codes, |entry, shown| note(&|| TestFailure::seen(value, entry, shown)));
                // An asset that could not be examined may show anything, so that is no PASS.
                if any { Some(()) } else { seen }
            }
        };
        match read {
            None => Outcome::Skip,
            Some(()) if any == wanted => Outcome::Pass,
            Some(()) if wanted => fails(out, || TestFailure::of(value)),
            Some(()) => Outcome::Fail,
        }
    }

    /// What is found in a text that is no field's own.
    pub(super) fn text_hits(&self, text: &str, content: &SearchedContent) -> Vec<TextHit> {
        let contacts = &self.rules.contacts;
        match content {
            SearchedContent::Words { plan, list, words, tiers, heeds_warnings } => {
                let mut hits = Vec::new();
                if let Some(matcher) = self.rules.plans.get(*plan).and_then(|plan| plan.matcher()) {
                    matcher.find(text, &mut hits);
                }
                let is_warned_of = |hit: &WordHit| *heeds_warnings && contacts.warns_of(text, hit.range.clone());
                hits.retain(|hit| hit.list.0 == *list && counts(*tiers, hit.tier) && !is_warned_of(hit));
                let hit = |hit: WordHit| {
                    let word = words.get(hit.word).cloned().unwrap_or_default();
                    let reason = DisguiseKind::title_of(hit.disguise);
                    let args =
                        vec![(Placeholder::Word, Arg::Text(word)), (Placeholder::Reason, Arg::Localized(reason))];
                    TextHit { range: hit.range, args }
                };
                hits.into_iter().map(hit).collect()
            }
            SearchedContent::Contacts(kinds, tiers) => {
                let found = contacts.find(text).into_iter().filter(|contact| {
                    kinds.as_ref().is_none_or(|kinds| kinds.contains(&contact.kind)) && counts(*tiers, contact.tier)
                });
                let hit = |contact: Contact| {
                    let mut args = vec![
                        (Placeholder::Kind, Arg::Localized(contact.kind.title())),
                        (Placeholder::Word, Arg::Text(contact.value)),
                    ];
                    args.extend(contact.reading.map(|reading| (Placeholder::Reading, Arg::Text(reading))));
                    TextHit { range: contact.range, args }
                };
                found.map(hit).collect()
            }
            SearchedContent::Pattern(pattern) => {
                let found = pattern.regex().into_iter().flat_map(|regex| regex.find_iter(text));
                found.map(|found| TextHit { range: found.range(), args: Vec::new() }).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Calls `f` with every hit of a plan in the text, scanning it if no rule has yet.
    fn words(&mut self, value: &Value<'a>, plan: usize, mut f: impl FnMut(&str, &WordHit)) -> Option<()> {
        let plans = &self.rules.plans;
        let matcher = plans.get(plan)?.matcher()?;
        let place = value.place();
        let scans = &mut self.scans;
        value.with_text(|text| {
            let known = scans.words.iter().position(|(known, at, _)| *known == plan && *at == place);
            let known = known.unwrap_or_else(|| {
                let mut hits = scans.spare.pop().unwrap_or_default();
                matcher.find(text, &mut hits);
                debug_assert!(
                    hits.is_empty() || plans[plan].scan().flags_of(text).intersects(ContentFlags::WORDS),
                    "the scan misses nothing: {text}"
                );
                scans.words.push((plan, place, hits));
                scans.words.len() - 1
            });
            for hit in &scans.words[known].2 {
                f(text, hit);
            }
        })
    }

    fn contacts(&mut self, value: &Value<'a>, mut f: impl FnMut(&str, &Contact)) -> Option<()> {
        let place = value.place();
        let finder = &self.rules.contacts;
        let scans = &mut self.scans;
        value.with_text(|text| {
            let known = scans.contacts.iter().position(|(at, _)| *at == place).unwrap_or_else(|| {
                scans.contacts.push((place, finder.find(text)));
                scans.contacts.len() - 1
            });
            for contact in &scans.contacts[known].1 {
                f(text, contact);
            }
        })
    }
}

fn counts(tiers: Tiers, tier: Tier) -> bool {
    if tier == Tier::Exact { tiers.exact } else { tiers.evasion }
}
