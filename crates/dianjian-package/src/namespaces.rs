//! Which elements of a part are of the namespace of its root, whatever prefix stands for it.

use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesStart, Event};

/// The namespaces that prefixes stand for at a point of the XML.
#[derive(Debug, Default)]
pub struct Namespaces {
    /// What open elements declare, the innermost last.
    declared: Vec<Declaration>,
    /// That of the root; `None` before the root.
    own: Option<Option<String>>,
    depth: usize,
    /// Whether an element without a prefix is of the root's namespace.
    is_default_own: bool,
}

#[derive(Debug)]
struct Declaration {
    /// The number of elements around the one that declares it.
    depth: usize,
    /// Empty for what holds without a prefix.
    prefix: String,
    namespace: String,
}

impl Namespaces {
    /// Takes an event in; returns whether it is no tag of another namespace.
    pub fn is_own(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Start(tag) => {
                self.declare(tag);
                let is_own = self.is_own_tag(tag.name().prefix().map(|prefix| prefix.into_inner()));
                self.depth += 1;
                is_own
            }
            Event::Empty(tag) => {
                self.declare(tag);
                let is_own = self.is_own_tag(tag.name().prefix().map(|prefix| prefix.into_inner()));
                self.forget();
                is_own
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                let is_own = self.is_own_tag(tag.name().prefix().map(|prefix| prefix.into_inner()));
                self.forget();
                is_own
            }
            _ => true,
        }
    }

    fn declare(&mut self, tag: &BytesStart<'_>) {
        let is_root = self.own.is_none();
        // Nearly no element declares any.
        if tag.attributes_raw().contains("xmlns") {
            self.read(tag.attributes());
        } else if !is_root {
            return;
        }
        if is_root {
            let prefix = tag.name().prefix();
            let own = self.find(prefix.map_or("", |prefix| prefix.into_inner())).map(str::to_owned);
            self.own = Some(own);
        }
        self.is_default_own = self.is("");
    }

    fn read(&mut self, mut attributes: Attributes<'_>) {
        for attribute in attributes.with_checks(false).flatten() {
            let name = attribute.key.into_inner();
            let prefix = match name.strip_prefix("xmlns:") {
                Some(prefix) => prefix,
                None if name == "xmlns" => "",
                None => continue,
            };
            let (prefix, namespace) = (prefix.to_owned(), attribute.value.into_owned());
            self.declared.push(Declaration { depth: self.depth, prefix, namespace });
        }
    }

    /// Forgets what the element declares that ends.
    fn forget(&mut self) {
        let known = self.declared.len();
        while self.declared.pop_if(|declaration| declaration.depth >= self.depth).is_some() {}
        if self.declared.len() != known {
            self.is_default_own = self.is("");
        }
    }

    fn find(&self, prefix: &str) -> Option<&str> {
        let declaration = self.declared.iter().rev().find(|declaration| declaration.prefix == prefix)?;
        Some(&declaration.namespace)
    }

    fn is_own_tag(&self, prefix: Option<&str>) -> bool {
        match prefix {
            None => self.is_default_own,
            Some(prefix) => self.is(prefix),
        }
    }

    /// A prefix that nothing declares stands for a namespace of its own.
    fn is(&self, prefix: &str) -> bool {
        let found = self.find(prefix);
        let is_declared = prefix.is_empty() || found.is_some();
        is_declared && self.own.as_ref().is_some_and(|own| own.as_deref() == found)
    }
}
