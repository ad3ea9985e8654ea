//! From a violation to a finding: severity, message, places, fix, fingerprint.

use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_base::message::{Arg, Message};
use dianjian_base::{FieldPath, hex};
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::{NodeKind, ScalarStyle};
use dianjian_rules::record::Value;
use dianjian_rules::{EvalContext, ParamText, Placeholder, RecordPlace, Rule, Ruleset, SpecialMessage, Violation};
use dianjian_text::{Fold, fold};
use sha2::{Digest, Sha256};

use super::{Finding, Fix, Label, MAX_ALIKE, MAX_RELATED, RecordName, columns, display, fixes};
use crate::Engine;
use crate::suppress::{self, FileIssue};

/// What a finding is about: a record, or a file as such on a day.
pub(crate) enum FindingSubject<'c, 'r, 'a> {
    Record(&'c EvalContext<'r, 'a>),
    File(&'c Ruleset, NaiveDate),
}

impl<'c> FindingSubject<'c, '_, '_> {
    fn rules(&self) -> &'c Ruleset {
        match self {
            Self::Record(context) => context.rules,
            Self::File(rules, _) => rules,
        }
    }

    fn as_of(&self) -> NaiveDate {
        match self {
            Self::Record(context) => context.as_of,
            Self::File(_, as_of) => *as_of,
        }
    }
}

/// Builds findings with exactly one primary place.
pub(crate) struct FindingBuilder<'b, 'r, 'a> {
    pub engine: &'b Engine<'b>,
    pub source: &'b Arc<SourceFile>,
    pub subject: FindingSubject<'b, 'r, 'a>,
    /// Whether the findings say that something was not read or not understood.
    pub is_gap: bool,
}

impl FindingBuilder<'_, '_, '_> {
    /// A finding about a record; `None` if the rule is off here. `omitted` more places contribute than are in `related`.
    pub(crate) fn finding(
        &mut self,
        number: usize,
        violation: Violation<'_>,
        mut related: Vec<Label>,
        omitted: usize,
    ) -> Option<Finding> {
        let rule = self.subject.rules().rules.get(number)?;
        let as_of = self.subject.as_of();
        let proviso = self.proviso(rule);
        let info = rule.info.of_message(rule.texts.ids.get(violation.message)?);
        let own = info.severity_where(as_of, proviso.is_none());
        let is_gap = self.is_gap || info.is_gap;
        let (severity, would_hide) = self.engine.severity(&info, own, self.source.name(), is_gap)?;
        let primary = self.label(&violation.target);
        // Of thousands of places in one text only a few are shown.
        let most = if several(rule, &violation).is_some() { MAX_ALIKE } else { MAX_RELATED };
        let omitted = omitted + violation.related.len().saturating_sub(most);
        related.extend(violation.related.iter().take(most).map(|target| self.label(target)));
        related.extend(self.second_place(&violation.target));
        let omitted = omitted + related.len().saturating_sub(MAX_RELATED);
        related.truncate(MAX_RELATED);
        let mut args = self.args(rule, &violation);
        let suppression = Placeholder::Suppression.name();
        if rule.texts.placeholders.iter().any(|name| *name == suppression) {
            args.retain(|(name, _)| *name != suppression);
            args.push((
                suppression.into_owned(),
                Arg::Localized(suppress::how_to(&rule.info.id, primary.source.name())),
            ));
        }
        let fixes = if self.engine.policy.fixes { self.fixes(rule, &violation, &args) } else { Vec::new() };
        if let FindingSubject::Record(context) = &self.subject {
            display::values(context, &violation, &mut args);
        }
        let args = Arc::new(args);
        let number = unread(rule, &violation)
            .or_else(|| several(rule, &violation))
            .or_else(|| read(rule, &violation))
            .unwrap_or_else(|| message_or_plain(rule, violation.message, &args));
        let mut message = self.in_words(self.message(rule, number, &args)?);
        if let Some(proviso) = proviso {
            let template = &message.template;
            let (zh, en) = (proviso.zh + &template.zh, proviso.en + &template.en);
            message.template = Arc::new(Text { zh, en });
        }
        let help = help(rule, &args).map(|help| self.in_words(help));
        let record = self.record();
        let fingerprint = fingerprint(&rule.info.id, &record, &violation);
        let mut finding = Finding {
            rule: info,
            severity,
            as_of,
            message,
            help,
            record,
            path: violation.target.path,
            primary,
            related,
            related_omitted: omitted,
            picture: violation.picture,
            fixes,
            fingerprint,
            is_gap,
        };
        if would_hide {
            finding.tell_unfiltered();
        }
        Some(finding)
    }

    /// A finding about a file as such; `None` if the rule is off here.
    pub(crate) fn file_finding(&mut self, issue: &FileIssue) -> Option<Finding> {
        let rules = self.subject.rules();
        let rule = rules.rules.get(rules.schema(issue.lint, usize::MAX)?)?;
        let as_of = self.subject.as_of();
        let own = rule.info.severity_on(as_of);
        let (severity, would_hide) = self.engine.severity(&rule.info, own, self.source.name(), issue.is_gap)?;
        let args = [
            (Placeholder::Found, &issue.found),
            (Placeholder::Value, &issue.found),
            (Placeholder::Expected, &issue.expected),
        ];
        let mut args = args.map(|(name, value)| (name.name().into_owned(), Arg::Text(value.clone()))).to_vec();
        display::fill(&rule.texts.placeholders, &mut args);
        let args = Arc::new(args);
        let message = self.message(rule, message_or_plain(rule, 0, &args), &args)?;
        let help = help(rule, &args);
        let fingerprint = digest([rule.info.id.as_str(), issue.found.as_str()]);
        let label = |span| Label::at(self.source, span);
        let mut finding = Finding {
            rule: Arc::clone(&rule.info),
            severity,
            as_of,
            message,
            help,
            record: self.record(),
            path: String::new(),
            primary: label(issue.span),
            related: issue.related.map(label).into_iter().collect(),
            related_omitted: 0,
            picture: None,
            fixes: Vec::new(),
            fingerprint,
            is_gap: issue.is_gap,
        };
        if would_hide {
            finding.tell_unfiltered();
        }
        Some(finding)
    }

    /// What the finding holds on, where the record does not say it.
    fn proviso(&self, rule: &Rule) -> Option<Text> {
        match &self.subject {
            FindingSubject::Record(context) => context.proviso(rule),
            FindingSubject::File(..) => None,
        }
    }

    /// What a rule says of a record; for a table it names columns where it names fields.
    fn in_words(&self, said: Message) -> Message {
        let FindingSubject::Record(context) = &self.subject else { return said };
        let table = self.source.table().filter(|_| context.record.node.style() == ScalarStyle::Row);
        let mapping = table.and_then(|table| self.engine.pack.mappings.get(table.header.mapping?));
        let Some((table, mapping)) = table.zip(mapping) else { return said };
        let kind = context.kinds.get(context.record.kind_index);
        let template = columns::in_words(&said.template, kind, mapping, &table.header.columns);
        Message { template: template.map_or(said.template, Arc::new), ..said }
    }

    fn message(&self, rule: &Rule, number: usize, args: &Arc<Vec<(String, Arg)>>) -> Option<Message> {
        Some(Message {
            id: Arc::clone(rule.texts.ids.get(number)?),
            template: Arc::clone(rule.texts.templates.get(number)?),
            args: Arc::clone(args),
        })
    }

    fn record(&self) -> RecordName {
        match &self.subject {
            FindingSubject::File(..) => RecordName { kind: Arc::from(""), id: None },
            FindingSubject::Record(context) => {
                let kind = context.kinds.get(context.record.kind_index);
                let id = context.record.id(kind).or_else(|| {
                    let outer = context.outer?;
                    let name = outer.id(context.kinds.get(outer.kind_index))?;
                    let inner = &context.record.prefix;
                    (!inner.is_empty()).then(|| format!("{name}/{inner}"))
                });
                RecordName { kind: Arc::clone(&kind.name), id }
            }
        }
    }

    /// The values of a message's placeholders: what the check found, then parameters, fields and the run's own.
    fn args(&self, rule: &Rule, violation: &Violation<'_>) -> Vec<(String, Arg)> {
        let named = |(name, arg): &(Placeholder, Arg)| (name.name().into_owned(), arg.clone());
        let mut args: Vec<(String, Arg)> = violation.args.iter().map(named).collect();
        for (name, param) in &rule.texts.params {
            let arg = match param {
                ParamText::One(text) => Arg::Text(text.clone()),
                ParamText::Many(texts) => Arg::List(texts.clone()),
            };
            args.push((name.clone(), arg));
        }
        let own = match &self.subject {
            FindingSubject::File(_, as_of) => vec![(Placeholder::AsOf, Arg::Date(*as_of))],
            FindingSubject::Record(context) => {
                args.extend(rule.texts.fields.iter().map(|(name, path)| (name.clone(), display::field(context, path))));
                vec![
                    (Placeholder::AsOf, Arg::Date(context.as_of)),
                    (Placeholder::Field, Arg::Text(violation.target.path.clone())),
                    (Placeholder::Title, title(context, &violation.target.path)),
                    (Placeholder::Record, Arg::Text(self.record().id.unwrap_or_default())),
                ]
            }
        };
        args.extend(own.iter().map(named));
        display::fill(&rule.texts.placeholders, &mut args);
        args
    }

    fn fixes(&self, rule: &Rule, violation: &Violation<'_>, args: &[(String, Arg)]) -> Vec<Fix> {
        let Some(fix) = &rule.fix else { return Vec::new() };
        let record = match &self.subject {
            FindingSubject::Record(context) => {
                let (record, kinds) = (context.record, context.kinds);
                let header = self.source.table().map(|table| &table.header);
                let mapping = header.and_then(|header| self.engine.pack.mappings.get(header.mapping?));
                let row = mapping.filter(|_| record.node.style() == ScalarStyle::Row);
                Some(fixes::FixScope { record, kinds, row })
            }
            FindingSubject::File(..) => None,
        };
        fixes::build(self.source, fix, violation, record, args).into_iter().collect()
    }

    pub(crate) fn label(&self, target: &RecordPlace<'_>) -> Label {
        let (source, span) = place(self.source, target);
        Label::at(source, span)
    }

    /// A second place worth showing: where a script is named, where an alias is used.
    fn second_place(&self, target: &RecordPlace<'_>) -> Option<Label> {
        let node = target.value.node();
        let span = match &target.value {
            // The record about material is shown as the material itself.
            Value::Script(..) if self.source.is_material() => return None,
            Value::Script(..) if node.kind() == NodeKind::Mapping => node.head_span(),
            Value::Script(..) => node.use_span(),
            Value::Node(_) => node.alias_span()?,
            _ => return None,
        };
        Some(Label::at(self.source, span))
    }
}

/// The file and the bytes of a target; a script is a file of its own.
fn place<'t>(source: &'t Arc<SourceFile>, target: &'t RecordPlace<'_>) -> (&'t Arc<SourceFile>, Span) {
    let node = target.value.node();
    let span = match (&target.value, &target.range) {
        (Value::Script(_, script), Some(range)) => return (script.source(), script.span(range.clone())),
        (Value::Script(_, script), None) => return (script.source(), script.first_line()),
        (Value::Node(_), Some(range)) => node.source_span(range.clone()),
        (Value::Mapped(_, text), Some(range)) if node.scalar() == Some(text) => node.source_span(range.clone()),
        _ if matches!(node.kind(), NodeKind::Mapping | NodeKind::Sequence) => node.head_span(),
        _ => first_line(source, node.span()),
    };
    (source, span)
}

/// The first line of a span: a finding on a scalar of several lines points at its first.
fn first_line(source: &SourceFile, span: Span) -> Span {
    let text = source.slice(span);
    text.find(['\n', '\r']).map_or(span, |end| Span::new(span.start, span.start + end as u32))
}

/// The name of the field that a path leads to, without its list indices; else the path.
fn title(context: &EvalContext<'_, '_>, path: &str) -> Arg {
    let kind = context.kinds.get(context.record.kind_index);
    let own = path.strip_prefix(&context.record.prefix).unwrap_or(path).trim_start_matches('.');
    kind.field(FieldPath::new(own).outside_lists().as_str())
        .map_or_else(|| Arg::Text(path.to_owned()), |(_, field)| Arg::Localized(field.title.clone()))
}

fn help(rule: &Rule, args: &Arc<Vec<(String, Arg)>>) -> Option<Message> {
    let template = Arc::clone(rule.texts.help.as_ref()?);
    Some(Message { id: Arc::from("help"), template, args: Arc::clone(args) })
}

/// The message to use: `plain`, if there is one, instead of a did-you-mean without a suggestion.
fn message_or_plain(rule: &Rule, message: usize, args: &[(String, Arg)]) -> usize {
    let nothing_near =
        args.iter().any(|(name, arg)| *name == *Placeholder::Expected.name() && *arg == Arg::Text(String::new()));
    let plain = rule.texts.special(SpecialMessage::Plain);
    plain.filter(|_| nothing_near && message == 0).unwrap_or(message)
}

/// The message `several` of a rule, if a text has several of what the finding is about.
fn several(rule: &Rule, violation: &Violation<'_>) -> Option<usize> {
    let is_more = |place: &RecordPlace<'_>| place.range.is_some() && place.path == violation.target.path;
    let has_several = violation.message == 0 && violation.related.first().is_some_and(is_more);
    rule.texts.special(SpecialMessage::Several).filter(|_| has_several)
}

/// The message `read` of a rule, if what was found is read as other words than are written.
fn read(rule: &Rule, violation: &Violation<'_>) -> Option<usize> {
    let is_read = violation.message == 0 && violation.arg(&Placeholder::Reading).is_some();
    rule.texts.special(SpecialMessage::Read).filter(|_| is_read)
}

/// The message `unread` of a rule, if the finding is about a code that could be located but not decoded.
fn unread(rule: &Rule, violation: &Violation<'_>) -> Option<usize> {
    let picture = violation.picture.as_ref()?;
    let is_unread = picture.sighting.text().is_none() && violation.message == 0;
    rule.texts.special(SpecialMessage::Unread).filter(|_| is_unread)
}

/// Identifies the finding across moves and reformatting: no file, line or list index enters it. A finding about a group
/// is identified by the group's key, as the order of files decides which of its records comes first.
fn fingerprint(rule: &str, record: &RecordName, violation: &Violation<'_>) -> String {
    let found = match violation.arg(&Placeholder::Found) {
        Some(Arg::Text(text)) => fold(text.trim(), Fold::Case),
        _ => fold("", Fold::Case),
    };
    let path = FieldPath::new(&violation.target.path).without_indices();
    if let Some(picture) = &violation.picture {
        // What was read is identified by its text, a code that was not by its place in the picture.
        let (x, y) = picture.cell();
        let what = picture.sighting.text().map_or_else(|| format!("{x},{y}"), str::to_owned);
        let file = if picture.scan.digest.is_empty() { &picture.file } else { &picture.scan.digest };
        let id = record.id.as_deref().unwrap_or_default();
        return digest([rule, &record.kind, id, &path, picture.sighting.kind(), &what, file]);
    }
    if let Some(Arg::List(key)) = violation.arg(&Placeholder::Key) {
        let key: Vec<String> = key.iter().map(|part| fold(part.trim(), Fold::Case).as_str().to_owned()).collect();
        let parts = [rule, &record.kind, &path].into_iter().chain(key.iter().map(String::as_str));
        return digest(parts);
    }
    digest([rule, &record.kind, record.id.as_deref().unwrap_or_default(), &path, found.as_str()])
}

/// Users keep fingerprints in baselines, so this framing (a NUL after each part, 8 bytes of the digest) must not change.
fn digest<'p>(parts: impl IntoIterator<Item = &'p str>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hex(&hasher.finalize()[..8])
}
