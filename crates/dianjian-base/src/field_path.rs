//! Paths to fields: `brand.name`, `products[0].title`, `links[].id`.

use std::fmt;

/// A path from a record's top, or from a list's item, as people write it: names joined by dots, items of lists in
/// brackets.
///
/// It borrows its text and checks nothing: a path that names no field is for whoever looks it up to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldPath<'p>(&'p str);

/// One step of a [`FieldPath`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathSegment<'p> {
    /// The field of a map.
    Field(&'p str),
    /// The item of a list, from 0.
    Item(usize),
    /// All items of a list: `[]`.
    Each,
    /// The last item of a list: `[-1]`.
    Last,
}

impl<'p> FieldPath<'p> {
    /// Takes a text as a path.
    pub const fn new(text: &'p str) -> Self {
        Self(text)
    }

    /// The path as it was written.
    pub const fn as_str(self) -> &'p str {
        self.0
    }

    /// All steps. Brackets that hold no number are the name of a field, which no record has.
    pub fn segments(self) -> impl Iterator<Item = PathSegment<'p>> {
        self.0.split_inclusive(['.', ']']).flat_map(|part| {
            let (name, item) = part.trim_end_matches('.').split_once('[').unwrap_or((part.trim_end_matches('.'), ""));
            let field = (!name.is_empty()).then_some(PathSegment::Field(name));
            let item = (!item.is_empty()).then(|| segment_in_brackets(item));
            field.into_iter().chain(item)
        })
    }

    /// The names between the dots, for paths that go through maps alone.
    pub fn names(self) -> impl Iterator<Item = &'p str> {
        self.0.split('.')
    }

    /// The first name and the path below it.
    pub fn split_first(self) -> (&'p str, Option<Self>) {
        self.0.split_once('.').map_or((self.0, None), |(first, rest)| (first, Some(Self(rest))))
    }

    /// The path of the map that holds the field, if that is not the top, and the field's own name.
    pub fn split_last(self) -> (Option<Self>, &'p str) {
        self.0.rsplit_once('.').map_or((None, self.0), |(above, name)| (Some(Self(above)), name))
    }

    /// The name after the last dot.
    pub fn name(self) -> &'p str {
        self.split_last().1
    }

    /// As [`split_last`](Self::split_last), but with a list's item as a step of its own: of `a.b[2]` they are `a.b`
    /// and the item 2.
    pub fn split_last_segment(self) -> (Option<Self>, PathSegment<'p>) {
        match self.0.rsplit_once(['.', '[']) {
            Some((above, last)) if last.ends_with(']') => (Some(Self(above)), segment_in_brackets(last)),
            Some((above, last)) => (Some(Self(above)), PathSegment::Field(last)),
            None => (None, PathSegment::Field(self.0)),
        }
    }

    /// At the first brackets: the path of the list, the step into it, and the path from the item, which may be empty.
    pub fn split_list(self) -> Option<(Self, PathSegment<'p>, Self)> {
        let (list, rest) = self.0.split_once('[')?;
        let (inside, rest) = rest.split_once(']')?;
        Some((Self(list), item_segment(inside), Self(rest.trim_start_matches('.'))))
    }

    /// The path up to the first list whose items it goes into.
    #[must_use]
    pub fn outside_lists(self) -> Self {
        Self(self.0.split('[').next().unwrap_or_default())
    }

    /// Whether it goes into the items of a list.
    pub fn has_items(self) -> bool {
        self.0.contains('[')
    }

    /// What follows `above` in this path, with its dot or brackets; empty where the two are one.
    pub fn below(self, above: &str) -> Option<&'p str> {
        self.0.strip_prefix(above).filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }

    /// The path with `[]` for every item: what stays the same when items move.
    pub fn without_indices(self) -> String {
        let outside = self.0.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
        outside.collect::<Vec<_>>().join("[]")
    }

    /// The path of a field of the map at this path.
    pub fn child(self, name: &str) -> String {
        [self.0, if self.0.is_empty() { "" } else { "." }, name].concat()
    }

    /// This path and one from where it ends, which may begin with brackets.
    pub fn join(self, rest: &str) -> String {
        if rest.is_empty() || rest.starts_with('[') { [self.0, rest].concat() } else { self.child(rest) }
    }
}

/// `2]` of `[2]`.
fn segment_in_brackets(rest: &str) -> PathSegment<'_> {
    item_segment(rest.trim_end_matches(']'))
}

fn item_segment(inside: &str) -> PathSegment<'_> {
    match inside {
        "" => PathSegment::Each,
        "-1" => PathSegment::Last,
        _ => inside.parse().map_or(PathSegment::Field(inside), PathSegment::Item),
    }
}

impl fmt::Display for FieldPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl<'p, T: AsRef<str> + ?Sized> From<&'p T> for FieldPath<'p> {
    fn from(text: &'p T) -> Self {
        Self(text.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::PathSegment::{Each, Field, Item, Last};
    use super::*;

    #[test]
    fn a_path_is_taken_step_by_step() {
        let steps = |text| FieldPath::new(text).segments().collect::<Vec<_>>();
        assert_eq!(steps("brand.name"), [Field("brand"), Field("name")]);
        assert_eq!(steps("products[2].skus[].code"), [Field("products"), Item(2), Field("skus"), Each, Field("code")]);
        assert_eq!(steps("[0].title"), [Item(0), Field("title")]);
        assert_eq!(steps("links[-1]"), [Field("links"), Last]);
        assert_eq!(steps("a[x]"), [Field("a"), Field("x")]);
        assert_eq!(steps("a[1][2]"), [Field("a"), Item(1), Item(2)]);
        assert_eq!(steps(""), []);
    }

    #[test]
    fn ends_are_taken_off() {
        let path = FieldPath::new("a.b[2]");
        assert_eq!(path.split_first(), ("a", Some(FieldPath::new("b[2]"))));
        assert_eq!(path.split_last(), (Some(FieldPath::new("a")), "b[2]"));
        assert_eq!(path.split_last_segment(), (Some(FieldPath::new("a.b")), Item(2)));
        assert_eq!(FieldPath::new("a").split_last_segment(), (None, Field("a")));
        assert_eq!(FieldPath::new("a").split_last(), (None, "a"));
        assert_eq!(FieldPath::new("a.b").name(), "b");
        let (list, step, rest) = FieldPath::new("a.b[].c.d[]").split_list().unwrap();
        assert_eq!((list.as_str(), step, rest.as_str()), ("a.b", Each, "c.d[]"));
        assert_eq!(FieldPath::new("a.b").split_list(), None);
        assert_eq!(path.outside_lists().as_str(), "a.b");
    }

    #[test]
    fn paths_are_joined_and_compared() {
        assert_eq!(FieldPath::new("a").join("b"), "a.b");
        assert_eq!(FieldPath::new("a").join("[1].b"), "a[1].b");
        assert_eq!(FieldPath::new("").child("b"), "b");
        assert_eq!(FieldPath::new("a").child("[b"), "a.[b");
        assert_eq!(FieldPath::new("a").join(""), "a");
        assert_eq!(FieldPath::new("a.b[1]").below("a"), Some(".b[1]"));
        assert_eq!(FieldPath::new("ab").below("a"), None);
        assert_eq!(FieldPath::new("a").below("a"), Some(""));
        assert_eq!(FieldPath::new("a[1].b[12]").without_indices(), "a[].b[]");
    }
}
