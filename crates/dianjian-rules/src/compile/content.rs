//! Contents of texts: words into shared scan plans, patterns, contacts.

use std::sync::Arc;

use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::Spanned;
use dianjian_media::CodeKind;
use dianjian_text::{ContactFinder, ContactKind, Fold, ListOptions, LookAlikes, WordMatcherBuilder};

use super::{Compiler, Located};
use crate::asset_tests::{Codes, PictureText};
use crate::check::{CompiledOperand, SearchedContent, Tiers};
use crate::contents::{self, CodeContents, UNREAD};
use crate::error::RuleError;
use crate::language::{self as file, TierSpec};
use crate::pattern::LazyRegex;
use crate::record::{FieldType, KindIndex};
use crate::ruleset::ScanPlan;

/// The score from which on a code is certain, where a rule says nothing of it.
const PRESENT: f32 = 0.5;

/// The score from which on a code is suspected, where a rule says nothing of it.
const SUSPECTED: f32 = 0.3;

/// Ends the path of plans for the text of pictures: no field is called so.
const PICTURE_TEXT: &str = "#text";

/// How sure an engine must be of what it reads, where a rule says nothing of it.
const CONFIDENCE: f32 = 0.6;

/// All word lists that are looked for in one field.
pub(super) struct PlanBuilder {
    kind: KindIndex,
    path: String,
    lists: Vec<WordList>,
    look_alikes: Option<Arc<LookAlikes>>,
    /// The rule that first asked, for mistakes.
    place: (Arc<SourceFile>, Span),
}

#[derive(PartialEq)]
struct WordList {
    fold: Fold,
    words: Vec<String>,
    except: Vec<String>,
    evasions: bool,
}

impl PlanBuilder {
    /// Compiles plans; those of equal lists share a matcher.
    pub(super) fn build_all(
        builders: &[Self],
        contacts: &Arc<ContactFinder>,
        errors: &mut Vec<Located>,
    ) -> Vec<Arc<ScanPlan>> {
        let mut plans: Vec<Arc<ScanPlan>> = Vec::new();
        for builder in builders {
            let alike = builders[..plans.len()].iter().position(|known| known.lists == builder.lists);
            let plan = alike.map_or_else(|| Arc::new(builder.build(contacts, errors)), |at| Arc::clone(&plans[at]));
            plans.push(plan);
        }
        plans
    }

    fn build(&self, contacts: &Arc<ContactFinder>, errors: &mut Vec<Located>) -> ScanPlan {
        let mut builder = WordMatcherBuilder::new();
        if let Some(look_alikes) = &self.look_alikes {
            builder.look_alikes(Arc::clone(look_alikes));
        }
        for list in &self.lists {
            let except: Vec<&str> = list.except.iter().map(String::as_str).collect();
            let folds = matches!(list.fold, Fold::Name | Fold::Script);
            let options =
                ListOptions { fold: list.fold, evasions: list.evasions, skip_separators: folds, exceptions: &except };
            builder.add_list(options, &list.words);
        }
        if let Err(error) = builder.check() {
            let (source, span) = &self.place;
            errors.push((Arc::clone(source), *span, RuleError::Words { reason: error.to_string() }));
        }
        ScanPlan::new(builder, Arc::clone(contacts))
    }
}

impl Compiler<'_> {
    /// Compiles a regular expression; equal ones are shared.
    pub(super) fn pattern(&mut self, pattern: &str, span: Span) -> Option<Arc<LazyRegex>> {
        let compiled = self.try_pattern(pattern);
        self.noted(span, compiled)
    }

    pub(super) fn try_pattern(&mut self, pattern: &str) -> Result<Arc<LazyRegex>, RuleError> {
        if let Some(known) = self.patterns.get(pattern) {
            return Ok(Arc::clone(known));
        }
        // The library draws the pattern over several lines; what is wrong stands in the last.
        let reason = |text: String| text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let compiled = LazyRegex::new(pattern).map_err(|error| RuleError::Regex { reason: reason(error) })?;
        let compiled = Arc::new(compiled);
        self.patterns.insert(pattern.to_owned(), Arc::clone(&compiled));
        Ok(compiled)
    }

    pub(super) fn content(
        &mut self,
        content: &Spanned<file::Content>,
        at: Option<&Spanned<String>>,
    ) -> Option<SearchedContent> {
        let file = &content.value;
        let given = [
            file.words.is_some(),
            file.pattern.is_some(),
            file.contacts.is_some(),
            file.invisible == Some(true),
            file.lost_encoding == Some(true),
            file.codes.is_some(),
            file.refuses.is_some(),
        ];
        if given.iter().filter(|given| **given).count() != 1 {
            self.error(
                content.span,
                RuleError::ExactlyOne { choices: "words, pattern, contacts, invisible, lost_encoding, codes, refuses" },
            );
            return None;
        }
        if let Some(codes) = &file.codes {
            return self.codes(codes, at, content.span).map(|codes| SearchedContent::Codes(Box::new(codes)));
        }
        if let Some(subject) = &file.refuses {
            let subject = self.operand(subject, content.span)?;
            return Some(SearchedContent::Refuses(subject, Arc::clone(&self.pack.subject_terms)));
        }
        if let Some(spec) = &file.picture_text {
            return self.picture_text(spec, content, at);
        }
        self.text_content(file, at.map_or("", |at| at.value.as_str()), content.span)
    }

    /// What is searched for in the text of pictures. The words of one field are those of a plan of its own.
    fn picture_text(
        &mut self,
        spec: &file::PictureTextSpec,
        content: &Spanned<file::Content>,
        at: Option<&Spanned<String>>,
    ) -> Option<SearchedContent> {
        self.asset_path(at)?;
        let (file, span) = (&content.value, content.span);
        if file.words.is_none() && file.pattern.is_none() && file.contacts.is_none() {
            self.error(span, RuleError::ExactlyOne { choices: "words, pattern, contacts" });
            return None;
        }
        let confidence = self.score(spec.confidence.as_ref(), CONFIDENCE, span)?;
        let suspected = self.score(spec.suspected.as_ref(), SUSPECTED.min(confidence), span)?;
        let height = match spec.height.as_ref().map(|height| self.operand(height, span)) {
            None => 0.0,
            Some(height) => match height? {
                CompiledOperand::Constant(constant) => {
                    constant.text.parse::<f32>().ok().filter(|height| *height >= 0.0)
                }
                _ => None,
            }
            .or_else(|| {
                self.error(span, RuleError::Expected { expected: "a height in pixels", found: "{…}".to_owned() });
                None
            })?,
        };
        let path = format!("{}{PICTURE_TEXT}", at.map_or("", |at| at.value.as_str()));
        let content = self.text_content(file, &path, span)?;
        Some(SearchedContent::PictureText(Box::new(PictureText {
            content,
            certainty: spec.certainty.unwrap_or_default(),
            confidence,
            suspected,
            height,
        })))
    }

    fn text_content(&mut self, file: &file::Content, path: &str, span: Span) -> Option<SearchedContent> {
        let tiers = match file.tier.unwrap_or(TierSpec::Exact) {
            TierSpec::Exact => Tiers { exact: true, evasion: false },
            TierSpec::Evasion => Tiers { exact: false, evasion: true },
            TierSpec::Any => Tiers { exact: true, evasion: true },
        };
        if let Some(words) = &file.words {
            let words = self.words(words, span);
            let except = file.except.as_ref().map(|except| self.words(except, span)).unwrap_or_default();
            let list = WordList {
                fold: file.fold.unwrap_or(Fold::Name),
                words: words.iter().map(|(word, _)| word.clone()).collect(),
                except: except.into_iter().map(|(phrase, _)| phrase).collect(),
                evasions: tiers.evasion,
            };
            let words = list.words.clone();
            let (plan, list) = self.planned(list, path, span);
            return Some(SearchedContent::Words {
                plan,
                list,
                words,
                tiers,
                heeds_warnings: file.heeds_warnings.unwrap_or_default(),
            });
        }
        if let Some(pattern) = &file.pattern {
            return self.pattern(pattern, span).map(SearchedContent::Pattern);
        }
        if let Some(kinds) = &file.contacts {
            return Some(SearchedContent::Contacts(self.contact_kinds(kinds, span), tiers));
        }
        Some(if file.invisible == Some(true) { SearchedContent::Invisible } else { SearchedContent::LostEncoding })
    }

    fn contact_kinds(&mut self, kinds: &[String], span: Span) -> Option<Vec<ContactKind>> {
        // A hint at a place is asked for by its name alone.
        let all = ContactKind::ALL.into_iter().filter(|kind| *kind != ContactKind::PlaceHint);
        if kinds.iter().any(|kind| kind == "all") {
            let named = kinds.iter().any(|kind| kind == ContactKind::PlaceHint.as_str());
            return (!named).then(|| all.collect());
        }
        let unknown = |found: &String| {
            let known = ContactKind::ALL.map(ContactKind::as_str).join(", ");
            RuleError::UnknownContact { found: found.clone(), known }
        };
        Some(kinds.iter().filter_map(|kind| self.noted(span, kind.parse().map_err(|_| unknown(kind)))).collect())
    }

    fn codes(&mut self, file: &file::CodesSpec, at: Option<&Spanned<String>>, span: Span) -> Option<Codes> {
        self.asset_path(at)?;
        let contents = self.code_contents(span)?;
        let kinds = match &file.kinds {
            None => Some(CodeKind::ALL.into_iter().filter(|kind| kind.is_for_viewers()).collect()),
            Some(kinds) => self.code_kinds(kinds, span),
        };
        let says = file.says.as_ref().map(|says| self.classes(says, &contents, span));
        let not_says = file.not_says.as_ref().map(|says| self.classes(says, &contents, span)).unwrap_or_default();
        let present = self.score(file.present.as_ref(), PRESENT, span)?;
        let suspected = self.score(file.suspected.as_ref(), SUSPECTED.min(present), span)?;
        if suspected > present {
            let found = format!("{suspected} > {present}");
            self.error(span, RuleError::Expected { expected: "`suspected` no higher than `present`", found });
        }
        let certainty = file.certainty.unwrap_or_default();
        Some(Codes { kinds, certainty, says, not_says, present, suspected, contents })
    }

    /// Reports a path that leads to no picture.
    pub(super) fn asset_path(&mut self, at: Option<&Spanned<String>>) -> Option<()> {
        let at = at?;
        // A path that is wrong in itself is reported for the check it belongs to.
        let path = self.path(&at.value).ok()?;
        if self.type_at(&path) != Some(FieldType::Asset) {
            self.error(at.span, RuleError::NotAnAsset { found: at.value.clone() });
            return None;
        }
        Some(())
    }

    fn code_kinds(&mut self, kinds: &file::SetSpec, span: Span) -> Option<Vec<CodeKind>> {
        let words = self.words(kinds, span);
        if words.iter().any(|(kind, _)| kind == "all") {
            return None;
        }
        let unknown = |found: &String| {
            let known = CodeKind::ALL.map(CodeKind::as_str).join(", ");
            RuleError::UnknownCode { found: found.clone(), known }
        };
        Some(words.iter().filter_map(|(kind, _)| self.noted(span, kind.parse().map_err(|()| unknown(kind)))).collect())
    }

    /// Classes of what codes say, each of which some row gives.
    fn classes(&mut self, spec: &file::SetSpec, contents: &CodeContents, span: Span) -> Vec<String> {
        let words: Vec<String> = self.words(spec, span).into_iter().map(|(class, _)| class).collect();
        let classes = contents.classes();
        for class in &words {
            if class != UNREAD && !classes.contains(&class.as_str()) {
                let known = [&classes[..], &[UNREAD]].concat().join(", ");
                self.error(span, RuleError::UnknownClass { found: class.clone(), known });
            }
        }
        words
    }

    /// The table of contents on the day, shared by all rules.
    fn code_contents(&mut self, span: Span) -> Option<Arc<CodeContents>> {
        if self.contents.is_none() {
            let table = self.table(contents::TABLE);
            let table = self.noted(span, table)?;
            self.contents = Some(Arc::new(CodeContents::new(table, Arc::clone(&self.pack.contacts), self.day)));
        }
        self.contents.clone()
    }

    /// A score between 0 and 1.
    fn score(&mut self, operand: Option<&file::Operand>, default: f32, span: Span) -> Option<f32> {
        let Some(operand) = operand else { return Some(default) };
        let found = match self.operand(operand, span)? {
            CompiledOperand::Constant(constant) => constant.text,
            _ => "{…}".to_owned(),
        };
        let score = found.parse::<f32>().ok().filter(|score| (0.0..=1.0).contains(score));
        if score.is_none() {
            self.error(span, RuleError::Expected { expected: "a score from 0 to 1", found });
        }
        score
    }

    /// Puts a list into the plan of its field; equal lists are shared.
    fn planned(&mut self, list: WordList, path: &str, span: Span) -> (usize, usize) {
        let kind = self.current.kind_index;
        let at = self.plans.iter().position(|plan| plan.kind == kind && plan.path == path).unwrap_or_else(|| {
            let look_alikes = self.look_alikes();
            self.plans.push(PlanBuilder {
                kind,
                path: path.to_owned(),
                lists: Vec::new(),
                look_alikes,
                place: (Arc::clone(&self.current.source), span),
            });
            self.plans.len() - 1
        });
        let lists = &mut self.plans[at].lists;
        let number = lists.iter().position(|known| *known == list).unwrap_or_else(|| {
            lists.push(list);
            lists.len() - 1
        });
        (at, number)
    }

    /// The pack's own look-alikes, shared by all plans.
    fn look_alikes(&mut self) -> Option<Arc<LookAlikes>> {
        if self.look_alikes.is_none() {
            self.look_alikes = self.own_look_alikes().map(Arc::new);
        }
        self.look_alikes.clone()
    }

    fn own_look_alikes(&self) -> Option<LookAlikes> {
        let table = self.pack.tables.get("look-alikes")?;
        let (canonical, alternatives) = (table.column("char").ok()?, table.column("alternatives").ok()?);
        let rows = table.at(self.day);
        let pairs = rows.pairs(canonical, Some(alternatives), &[]);
        // A row without alternatives names a character that is too common to be evidence of a word.
        let common: String =
            pairs.iter().filter(|(_, alternatives)| alternatives.is_none()).map(|(canonical, _)| *canonical).collect();
        let pairs = pairs.iter().filter_map(|(canonical, alternatives)| {
            Some((canonical.chars().next()?, alternatives.as_ref()?.split_whitespace()))
        });
        let [endings, surnames] = ["ending", "surname"].map(|kind| self.name_parts(kind).unwrap_or_default());
        let look_alikes = LookAlikes::from_pairs(pairs).with_common(&common);
        Some(look_alikes.with_name_parts(endings.split_whitespace(), surnames.split_whitespace()))
    }

    fn name_parts(&self, kind: &str) -> Option<String> {
        let table = self.pack.tables.get("name-parts")?;
        let (kinds, parts) = (table.column("kind").ok()?, table.column("parts").ok()?);
        let rows = table.at(self.day);
        let pairs = rows.pairs(kinds, Some(parts), &[]);
        pairs.into_iter().find(|(known, _)| *known == kind)?.1.map(str::to_owned)
    }
}
