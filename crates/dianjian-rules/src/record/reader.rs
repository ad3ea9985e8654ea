//! From a document to its records: by `kind:`, or by the mapping that knows its shape.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use dianjian_base::FieldPath;
use dianjian_base::lang::Text;
use dianjian_base::message::Arg;
use dianjian_document::source::{CsvFields, SourceFile, TableColumn};
use dianjian_document::tree::{Node, NodeKind, ScalarStyle};

use super::export_context::{ExportContext, ExportContexts, is_sidecar};
use super::familiar::{Familiar, NearMiss, is_of_a_program};
use super::kind::{KindIndex, Kinds, nearest};
use super::mapping::{Mapping, Yields};
use super::reader_doubts::{
    answer_in_text, column_issue, example_row, headings_run_in, in_cells, is_answer_in_text, is_example, is_sum,
    may_be_headings, run_in, said_above, says_something, second_header, two_mappings, unsaid,
};
use super::recogniser::Recogniser;
use super::value::Value;
use super::view::{NoSideFiles, Record, SchemaIssue, Scripts};
use crate::language::SchemaLint;

/// What a reader finds in a document.
#[derive(Debug)]
pub enum ReaderEvent<'r, 'a> {
    /// A record, and the outer record it lies in.
    Record(&'r Record<'a>, Option<&'r Record<'a>>),
    /// A shape that is known but cannot be read, and why.
    Refused(Node<'a>, Text),
    /// A shape that is known and has nothing to check.
    NothingToCheck,
    /// A row of a table that adds up others.
    Totals,
    /// A sidecar, which completes the exports beside it and is no record by itself.
    SideFile(&'r Record<'a>),
    /// An issue with the document itself: a `kind:` that is nearly a known one, a heading that no mapping reads.
    Issue(SchemaIssue<'a>),
    /// What looks like a record of ours and is none that is known.
    NearMiss(Node<'a>, NearMiss),
    /// No shape that is known.
    Unrecognised(Node<'a>),
}

/// How deep an answer may be wrapped in others.
const MAX_WRAPPERS: usize = 4;

/// Turns documents into records.
pub struct RecordReader<'r> {
    #[expect(missing_docs, reason = "named by its type")]
    pub kinds: &'r Kinds,
    /// The first that recognises a document reads it.
    pub mappings: &'r [Mapping],
    /// The kind of documents that have no `kind:` and that no mapping recognises.
    pub kind: Option<KindIndex>,
    /// Where scripts are read.
    pub scripts: &'r dyn Scripts,
    /// What folders say about the shops whose exports lie in them.
    pub contexts: Option<&'r ExportContexts>,
    /// Tells what looks like a record from documents of other programs.
    pub familiar: Option<&'r Familiar>,
    /// Which maps are read at all, where records are read again; `None`: every one.
    pub wanted: Option<&'r dyn Fn(Node<'_>) -> bool>,
    /// What it has said by now.
    pub said: ReaderMemory,
}

/// What a reader remembers from one document of a source to the next.
#[derive(Debug, Default)]
pub struct ReaderMemory {
    /// The table in which a second row of headings was met, by its address, and where.
    second_header: Cell<Option<(usize, u64)>>,
    /// Whether it was said that two mappings fit.
    two_mappings: Cell<bool>,
}

impl std::fmt::Debug for RecordReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordReader").finish_non_exhaustive()
    }
}

impl<'r> RecordReader<'r> {
    /// A reader without side files: documents are read by what they say themselves.
    pub fn new(kinds: &'r Kinds, mappings: &'r [Mapping]) -> Self {
        let said = ReaderMemory::default();
        Self { kinds, mappings, kind: None, scripts: &NoSideFiles, contexts: None, familiar: None, wanted: None, said }
    }

    /// Calls `f` with everything in the document. A list at the top stands for its items.
    pub fn read<'a>(&self, source: &SourceFile, document: Node<'a>, f: &mut dyn FnMut(ReaderEvent<'_, 'a>)) {
        if let Some(shop) = self.contexts.and_then(ExportContexts::shop_kind)
            && source.path().is_some_and(is_sidecar)
        {
            return self.sidecar(source, shop, document, f);
        }
        if document.style() == ScalarStyle::Headings {
            self.headings(source, document, f);
        } else if document.kind() == NodeKind::Sequence {
            for item in document.items() {
                self.one(source, item, f);
            }
        } else {
            self.one(source, document, f);
        }
    }

    fn sidecar<'a>(
        &self,
        source: &SourceFile,
        shop: KindIndex,
        document: Node<'a>,
        f: &mut dyn FnMut(ReaderEvent<'_, 'a>),
    ) {
        if document.kind() != NodeKind::Mapping {
            return self.one(source, document, f);
        }
        let value = Value::Node(document);
        let mut record = self.resolve(shop, value, String::new(), source);
        record.issues.retain(|issue| issue.lint != SchemaLint::MissingField);
        f(ReaderEvent::SideFile(&record));
    }

    /// The mapping that reads a document; `None` for native documents and for what is no record.
    pub fn mapping(&self, document: Node<'_>) -> Option<&'r Mapping> {
        if document.style() == ScalarStyle::Row {
            return self.table(document.source()).map(|(mapping, ..)| mapping);
        }
        if self.is_native(document) { None } else { self.mappings.iter().find(|mapping| mapping.matches(document)) }
    }

    fn one<'a>(&self, source: &SourceFile, node: Node<'a>, f: &mut dyn FnMut(ReaderEvent<'_, 'a>)) {
        if node.kind() != NodeKind::Mapping {
            if !node.is_absent() {
                self.unread(node, f);
            }
            return;
        }
        if self.wanted.is_some_and(|wanted| !wanted(node)) {
            return;
        }
        if let Some((mapping, kind, columns)) = self.table(source).filter(|_| node.style() == ScalarStyle::Row) {
            if self.is_below_second_header(source, node, columns, f) {
                return;
            }
            if !says_something(node, columns) {
                return;
            }
            if is_sum(node, columns, &mapping.words) {
                return f(ReaderEvent::Totals);
            }
            if is_example(node, columns) {
                return f(ReaderEvent::Refused(node, example_row()));
            }
            for (value, issues) in mapping.rows(self.kinds.get(kind), node, columns) {
                self.record(source, kind, value, Some((mapping, issues)), f);
            }
            return;
        }
        let kind = kind_of(node);
        if let Some(index) = kind.and_then(|kind| self.kinds.find(kind.scalar()?)) {
            return self.record(source, index, Value::Node(node), None, f);
        }
        let given = self.kind.filter(|_| kind.is_none());
        let asked = |mapping: &&Mapping| !(given.is_some() && mapping.is_last_resort());
        if let Some(mapping) = self.mappings.iter().filter(asked).find(|mapping| mapping.matches(node)) {
            self.fits_two(mapping, node, f);
            self.mapped(source, mapping, node, f);
            return self.beside(source, mapping, node, f);
        }
        if let Some(index) = given {
            return self.record(source, index, Value::Node(node), None, f);
        }
        match kind.filter(|_| !is_of_a_program(node)).and_then(|kind| self.nearly(kind)) {
            Some(issue) => f(ReaderEvent::Issue(issue)),
            None => self.unread(node, f),
        }
    }

    /// Reads what another shipped mapping knows in a document beside what was read: an answer may hold a product and a shop.
    fn beside<'a>(&self, source: &SourceFile, reads: &Mapping, node: Node<'a>, f: &mut dyn FnMut(ReaderEvent<'_, 'a>)) {
        let mut read = if reads.is_own() { Vec::new() } else { reads.parts(node) };
        if read.is_empty() {
            return;
        }
        for mapping in self.mappings.iter().filter(|mapping| !mapping.is_own() && !std::ptr::eq(*mapping, reads)) {
            let parts = if mapping.is_last_resort() { Vec::new() } else { mapping.parts(node) };
            let is_within = |inner: &str, outer: &str| FieldPath::new(inner).below(outer).is_some();
            let is_new = |part: &&str| !read.iter().any(|read| is_within(read, part) || is_within(part, read));
            if !parts.is_empty() && parts.iter().all(is_new) && mapping.matches(node) {
                read.extend(parts);
                self.mapped(source, mapping, node, f);
            }
        }
    }

    /// Reports what nothing reads: was it meant to be read?
    fn unread<'a>(&self, node: Node<'a>, f: &mut dyn FnMut(ReaderEvent<'_, 'a>)) {
        match self.familiar.and_then(|familiar| familiar.document(node)) {
            Some(near) => f(ReaderEvent::NearMiss(node, near)),
            None => f(ReaderEvent::Unrecognised(node)),
        }
    }

    /// Says that another mapping of the user's fits a document as well as the one that reads it.
    fn fits_two<'a>(&self, reads: &Mapping, node: Node<'a>, f: &mut dyn FnMut(ReaderEvent<'_, 'a>)) {
        if !reads.is_own() || self.said.two_mappings.get() {
            return;
        }
        let after = self.mappings.iter().skip_while(|mapping| !std::ptr::eq(*mapping, reads)).skip(1);
        if let Some(other) = after.filter(|other| other.is_own()).find(|other| other.matches(node)) {
            self.said.two_mappings.set(true);
            f(ReaderEvent::Refused(node, two_mappings(reads, other)));
        }
    }

    /// Whether a row lies under the headings of another table, below the first in the same sheet; the headings are
    /// reported, and nothing below them is read.
    fn is_below_second_header<'a>(
        &self,
        source: &SourceFile,
        row: Node<'a>,
        columns: &[TableColumn],
        f: &mut dyn FnMut(ReaderEvent<'_, 'a>),
    ) -> bool {
        let Some(csv) = source.table() else { return false };
        let (start, table) = (row.span().start, Arc::as_ptr(csv).addr());
        let place = source.base_offset() + u64::from(start);
        if let Some((_, from)) = self.said.second_header.get().filter(|(known, _)| *known == table) {
            return place > from;
        }
        if !may_be_headings(row, columns, self.mappings) {
            return false;
        }
        let fields = CsvFields::of(source.text(), start, csv.delimiter);
        let cells: Vec<_> = fields.map(|field| field.text(source.text())).collect();
        let is_repeated = columns.iter().zip(&cells).all(|(column, cell)| *column.heading == *cell.trim());
        if is_repeated || !Recogniser::is_second_header(self.mappings, &cells) {
            return false;
        }
        self.said.second_header.set(Some((table, place)));
        f(ReaderEvent::Refused(row, second_header()));
        true
    }

    fn mapped<'a>(
        &self,
        source: &SourceFile,
        mapping: &Mapping,
        node: Node<'a>,
        f: &mut dyn FnMut(ReaderEvent<'_, 'a>),
    ) {
        let kind = match &mapping.yields {
            Yields::Refusal(text) => return f(ReaderEvent::Refused(node, mapping.refusal(node, text))),
            Yields::Nothing => {
                return match mapping.unread(node, self.familiar) {
                    Some((place, text)) => f(ReaderEvent::Refused(place, text)),
                    None => f(ReaderEvent::NothingToCheck),
                };
            }
            Yields::Wrapped(_) => return self.wrapped(source, mapping, node, f),
            Yields::Records(kind) => *kind,
        };
        let records = mapping.records(self.kinds, node);
        if records.is_empty() {
            f(ReaderEvent::NothingToCheck);
        }
        for (value, issues) in records {
            self.record(source, kind, value, Some((mapping, issues)), f);
        }
    }

    /// Reads the documents inside a wrapper, or reports that none is known.
    fn wrapped<'a>(
        &self,
        source: &SourceFile,
        mapping: &Mapping,
        wrapper: Node<'a>,
        f: &mut dyn FnMut(ReaderEvent<'_, 'a>),
    ) {
        let documents = mapping.wrapped(wrapper);
        if !documents.iter().any(|document| self.knows(*document, MAX_WRAPPERS)) {
            return match documents.into_iter().find(is_answer_in_text) {
                Some(text) => f(ReaderEvent::Refused(text, answer_in_text())),
                None => self.unread(wrapper, f),
            };
        }
        for place in mapping.wrapped_places(wrapper) {
            if place.kind() == NodeKind::Sequence {
                place.items().for_each(|item| self.one(source, item, f));
                continue;
            }
            // An envelope holds more than the answer: what nobody knows beside it is part of the envelope. Items of a list in it
            // are not.
            self.one(source, place, &mut |seen| match seen {
                ReaderEvent::Unrecognised(node) if node == place => {}
                seen => f(seen),
            });
        }
    }

    /// Whether its `kind:` is a known one.
    fn is_native(&self, document: Node<'_>) -> bool {
        kind_of(document).and_then(|kind| self.kinds.find(kind.scalar()?)).is_some()
    }

    /// Whether it is a known document, inside at most this many wrappers.
    fn knows(&self, document: Node<'_>, wrappers: usize) -> bool {
        if document.kind() != NodeKind::Mapping {
            return false;
        }
        if self.is_native(document) {
            return true;
        }
        match self.mappings.iter().find(|mapping| mapping.matches(document)) {
            Some(mapping) if matches!(mapping.yields, Yields::Wrapped(_)) => {
                wrappers > 0 && mapping.wrapped(document).into_iter().any(|inner| self.knows(inner, wrappers - 1))
            }
            known => known.is_some(),
        }
    }

    /// Calls `f` with each document that a root holds: a list stands for its items, a wrapper for what it wraps.
    pub fn documents<'a>(&self, root: Node<'a>, f: &mut dyn FnMut(Node<'a>)) {
        if root.kind() == NodeKind::Sequence && root.style() != ScalarStyle::Headings {
            return root.items().for_each(|item| self.unwrapped(item, f));
        }
        self.unwrapped(root, f);
    }

    fn unwrapped<'a>(&self, document: Node<'a>, f: &mut dyn FnMut(Node<'a>)) {
        let inner = match self.mapping(document) {
            Some(mapping) if self.knows(document, MAX_WRAPPERS) => mapping.wrapped(document),
            _ => Vec::new(),
        };
        if inner.is_empty() {
            return f(document);
        }
        inner.into_iter().for_each(|inner| self.unwrapped(inner, f));
    }

    /// The mapping that reads a table, the kind of its records, and the table's columns.
    fn table<'s>(&self, source: &'s SourceFile) -> Option<(&'r Mapping, KindIndex, &'s [TableColumn])> {
        let header = &source.table()?.header;
        let mapping = self.mappings.get(header.mapping?)?;
        Some((mapping, mapping.table_kind()?, &header.columns))
    }

    /// Reports headings that no mapping reads, and required fields that have no column.
    fn headings<'a>(&self, source: &SourceFile, headings: Node<'a>, f: &mut dyn FnMut(ReaderEvent<'_, 'a>)) {
        let Some((mapping, kind, columns)) = self.table(source) else { return };
        let mut met: Vec<&str> = Vec::new();
        let run_in = run_in(source, columns, mapping);
        if let Some((at, name)) = run_in {
            f(ReaderEvent::Refused(headings.items().nth(at).unwrap_or(headings), headings_run_in(name)));
        }
        if let Some(said) = said_above(source, self.mappings) {
            f(ReaderEvent::Refused(headings, said));
        }
        let end = run_in.map_or(columns.len(), |(at, _)| at + 1);
        for (column, node) in columns.iter().zip(headings.items()).take(end) {
            let heading = &*column.heading;
            let is_new = !heading.is_empty() && !met.contains(&heading);
            met.push(heading);
            let is_reported = || column.near.is_some() || mapping.reports_unknown_headings(heading);
            if column.key.is_none() && is_new && is_reported() {
                let expected = column.near.as_ref().map(|near| Arg::Text(near.to_string()));
                let (path, found) = (heading.to_owned(), heading.to_owned());
                let lint = SchemaLint::UnknownField;
                f(ReaderEvent::Issue(SchemaIssue { lint, path, node, found, expected, related: None }));
            }
            if let Some(issue) = column_issue(columns, column, node, headings) {
                f(ReaderEvent::Issue(issue));
            }
        }
        let other = source.table().and_then(|table| self.mappings.get(table.header.also?));
        if let Some(other) = other {
            f(ReaderEvent::Refused(headings, two_mappings(mapping, other)));
        }
        if mapping.is_partial() {
            return;
        }
        let nothing = Value::Map(headings, Rc::default());
        let beside = match self.context_of(source) {
            Some((shop, context)) if shop == kind => context.completed(nothing, false),
            _ => nothing,
        };
        let kind = self.kinds.get(kind);
        for (slot, _) in kind.required.iter().filter(|(_, parent)| parent.is_none()) {
            let field = &kind.fields[usize::from(*slot)];
            if mapping.has_column(columns, &field.path) || beside.get(&field.path).is_some() {
                continue;
            }
            let title = Text { zh: format!("{}（{}）", field.title.zh, field.path), en: field.path.clone() };
            f(ReaderEvent::Issue(SchemaIssue {
                lint: SchemaLint::UnsaidField,
                path: field.path.clone(),
                node: headings,
                found: String::new(),
                expected: Some(Arg::Localized(title)),
                related: None,
            }));
        }
    }

    fn nearly<'a>(&self, kind: Node<'a>) -> Option<SchemaIssue<'a>> {
        let found = kind.scalar()?;
        let named = self.familiar.and_then(|familiar| familiar.kind_called(found));
        let near = match named {
            Some(named) => &*self.kinds.get(named).name,
            None => nearest(found, self.kinds.iter().map(|kind| &*kind.name))?,
        };
        Some(SchemaIssue {
            lint: SchemaLint::UnknownKind,
            path: "kind".to_owned(),
            node: kind,
            found: found.to_owned(),
            expected: Some(Arg::Text(near.to_owned())),
            related: None,
        })
    }

    fn record<'a>(
        &self,
        source: &SourceFile,
        kind: usize,
        value: Value<'a>,
        mapped: Option<(&Mapping, Vec<SchemaIssue<'a>>)>,
        f: &mut dyn FnMut(ReaderEvent<'_, 'a>),
    ) {
        let context = mapped.as_ref().and_then(|_| self.context_of(source));
        let is_partial = mapped.as_ref().is_some_and(|(mapping, _)| mapping.is_partial());
        let (value, shop) = match context {
            Some((shop, context)) if shop == kind => (context.completed(value, is_partial), None),
            Some((shop, context)) => {
                let shop = context.shop_of(&value).map(|value| self.resolve(shop, value, String::new(), source));
                (value, shop)
            }
            None => (value, None),
        };
        let mut record = self.resolve(kind, value, String::new(), source);
        record.partial = is_partial;
        record.among = mapped.as_ref().and_then(|(mapping, _)| mapping.among());
        if let Some((mapping, issues)) = mapped {
            // A sidecar's values point at the record as a whole; its mistakes are reported at the sidecar.
            let of_record = |issue: &SchemaIssue<'_>| issue.node == record.node;
            record.issues.retain(|issue| issue.lint == SchemaLint::MissingField || !of_record(issue));
            unsaid(mapping, &mut record.issues);
            let has_none = |path: &str| issues.iter().any(|issue: &SchemaIssue<'_>| issue.path == path);
            record.issues.retain(|issue| issue.lint != SchemaLint::MissingField || !has_none(&issue.path));
            let own = record.issues.len();
            record.issues.extend(issues);
            record.mark_unread_from(self.kinds.get(kind), own);
            if let Some((_, _, columns)) = self.table(source) {
                in_cells(mapping, columns, self.kinds.get(kind), &mut record);
            }
        }
        self.emit(&record, shop.as_ref(), source, f);
    }

    /// The kind of shops, and what the file's folder says about the shop whose exports lie in it.
    fn context_of(&self, source: &SourceFile) -> Option<(KindIndex, Arc<ExportContext>)> {
        let contexts = self.contexts?;
        Some((contexts.shop_kind()?, contexts.of(source)?))
    }

    /// Emits a record and those inside it.
    fn emit<'a>(
        &self,
        record: &Record<'a>,
        outer: Option<&Record<'a>>,
        source: &SourceFile,
        f: &mut dyn FnMut(ReaderEvent<'_, 'a>),
    ) {
        f(ReaderEvent::Record(record, outer));
        let kind = self.kinds.get(record.kind_index);
        for (slot, inner) in &kind.nested {
            let Some(list) = record.slot(*slot) else { continue };
            let name = &kind.fields[usize::from(*slot)].path;
            for (index, item) in list.each().enumerate().filter(|(_, item)| item.is_map()) {
                let nested = self.resolve(*inner, item, format!("{name}[{index}]"), source);
                f(ReaderEvent::Record(&nested, Some(record)));
            }
        }
    }

    /// Resolves a value into a record; `prefix` is its path within the outer record.
    fn resolve<'a>(&self, kind: KindIndex, value: Value<'a>, prefix: String, source: &SourceFile) -> Record<'a> {
        Record::resolve(self.kinds, kind, value, prefix, self.scripts, source)
    }
}

/// The value of `kind:`.
fn kind_of(document: Node<'_>) -> Option<Node<'_>> {
    document.get("kind").filter(|kind| kind.kind() == NodeKind::String)
}
