//! Typed values from nodes: a `serde::Deserializer` whose errors know their place.

mod error;
#[cfg(test)]
mod tests;

use std::fmt;

pub use error::{DeError, DeErrorKind, FoundValue};
use serde::Deserialize;
use serde::de::value::U32Deserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};

use crate::tree::arena::NodeKind;
use crate::tree::node::{Node, NodeEntries, NodeItems};
use crate::tree::number::EXACT_NAME;
use crate::tree::spanned::SPANNED_NAME;

/// Reads a typed value from a node. Strings may be borrowed from the document.
///
/// # Errors
///
/// The first thing that does not fit, with the span of the offending key or value.
pub fn from_node<'de, T: Deserialize<'de>>(node: Node<'de>) -> Result<T, DeError> {
    T::deserialize(NodeDeserializer(node)).map_err(|error| error.placed(node.head_span()))
}

type DeResult<T> = Result<T, DeError>;

#[derive(Clone, Copy)]
struct NodeDeserializer<'de>(Node<'de>);

impl<'de> NodeDeserializer<'de> {
    fn number<V: Visitor<'de>>(self, visitor: V) -> DeResult<V::Value> {
        let text = self.0.scalar().unwrap_or_default();
        let digits = text.strip_prefix('+').unwrap_or(text);
        if let Ok(value) = digits.parse::<u64>() {
            return visitor.visit_u64(value);
        }
        if let Ok(value) = digits.parse::<i64>() {
            return visitor.visit_i64(value);
        }
        if let Some(value) = radix_value(digits) {
            return visitor.visit_u64(value);
        }
        if let Ok(value) = digits.parse::<i128>() {
            return visitor.visit_i128(value);
        }
        let special = digits.trim_start_matches('-').to_ascii_lowercase();
        let value = match special.as_str() {
            ".inf" if digits.starts_with('-') => f64::NEG_INFINITY,
            ".inf" => f64::INFINITY,
            ".nan" => f64::NAN,
            _ => digits.parse().map_err(|_| DeError::custom("a number that cannot be read"))?,
        };
        visitor.visit_f64(value)
    }

    /// The error that this value is not what is expected.
    fn unfit<T>(self, expected: &dyn Expected) -> DeResult<T> {
        let error = self.any(Unfit(expected)).err().unwrap_or_else(|| DeError::custom(expected));
        Err(error.placed(self.0.head_span()))
    }

    fn any<V: Visitor<'de>>(self, visitor: V) -> DeResult<V::Value> {
        match self.0.kind() {
            NodeKind::Null => visitor.visit_unit(),
            NodeKind::Bool => visitor.visit_bool(self.0.as_bool().unwrap_or_default()),
            NodeKind::Number => self.number(visitor),
            NodeKind::String => visitor.visit_borrowed_str(self.0.scalar().unwrap_or_default()),
            NodeKind::Sequence => visitor.visit_seq(SequenceAccess { items: self.0.items(), index: 0 }),
            NodeKind::Mapping => {
                visitor.visit_map(MappingAccess { of: self.0, entries: self.0.entries(), value: None })
            }
        }
    }
}

fn radix_value(digits: &str) -> Option<u64> {
    let hex = digits.strip_prefix("0x").map(|digits| (digits, 16));
    let (digits, radix) = hex.or_else(|| digits.strip_prefix("0o").map(|digits| (digits, 8)))?;
    u64::from_str_radix(digits, radix).ok()
}

impl<'de> Deserializer<'de> for NodeDeserializer<'de> {
    type Error = DeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> DeResult<V::Value> {
        let span = self.0.head_span();
        self.any(visitor).map_err(|error| error.placed(span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> DeResult<V::Value> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> DeResult<V::Value> {
        match name {
            SPANNED_NAME => visitor.visit_seq(SpannedAccess { node: self.0, next: 0 }),
            EXACT_NAME if self.0.kind() == NodeKind::Number => {
                let digits = self.0.scalar().unwrap_or_default();
                visitor.visit_borrowed_bytes(digits.as_bytes()).map_err(|error: DeError| error.placed(self.0.span()))
            }
            EXACT_NAME => self.deserialize_any(visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> DeResult<V::Value> {
        let node = self.0;
        let read = match node.kind() {
            NodeKind::String => visitor.visit_enum(Variant { name: node, value: None }),
            NodeKind::Mapping => {
                let mut entries = node.entries();
                match (entries.next(), entries.next()) {
                    (Some((name, value)), None) => visitor.visit_enum(Variant { name, value: Some(value) }),
                    (None, _) => Err(DeError::custom(format!("expected one of: {}", variants.join(", ")))),
                    (Some(_), Some((second, _))) => {
                        Err(DeError::custom("only one key is allowed here").placed(second.span()))
                    }
                }
            }
            _ => self.unfit(&OneOf(variants)),
        };
        read.map_err(|error| error.placed(node.head_span()))
    }

    // serde's derived visitors would also read a struct from a list, field by field.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> DeResult<V::Value> {
        if self.0.kind() == NodeKind::Sequence {
            return self.unfit(&visitor);
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> DeResult<V::Value> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier
    }
}

/// Turns any value into the error that it is not what is expected.
struct Unfit<'e>(&'e dyn Expected);

impl<'de> Visitor<'de> for Unfit<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Expects one of these words.
struct OneOf(&'static [&'static str]);

impl Expected for OneOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" | "))
    }
}

/// A span and the value at it, as [`crate::tree::Spanned`] reads them.
struct SpannedAccess<'de> {
    node: Node<'de>,
    next: u8,
}

impl<'de> SeqAccess<'de> for SpannedAccess<'de> {
    type Error = DeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> DeResult<Option<T::Value>> {
        let number = |value: u32| -> U32Deserializer<DeError> { value.into_deserializer() };
        self.next += 1;
        match self.next {
            1 => seed.deserialize(number(self.node.span().start)).map(Some),
            2 => seed.deserialize(number(self.node.span().end)).map(Some),
            3 => seed.deserialize(NodeDeserializer(self.node)).map(Some),
            _ => Ok(None),
        }
    }
}

struct SequenceAccess<'de> {
    items: NodeItems<'de>,
    index: usize,
}

impl<'de> SeqAccess<'de> for SequenceAccess<'de> {
    type Error = DeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> DeResult<Option<T::Value>> {
        let Some(item) = self.items.next() else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        seed.deserialize(NodeDeserializer(item))
            .map(Some)
            .map_err(|error| error.placed(item.head_span()).under(&format!("[{index}]")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct MappingAccess<'de> {
    of: Node<'de>,
    entries: NodeEntries<'de>,
    value: Option<(Node<'de>, Node<'de>)>,
}

impl<'de> MapAccess<'de> for MappingAccess<'de> {
    type Error = DeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> DeResult<Option<K::Value>> {
        let Some((key, value)) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some((key, value));
        let name = key.scalar().unwrap_or_default();
        seed.deserialize(KeyDeserializer(key)).map(Some).map_err(|error| {
            let error = error.placed(key.span());
            if error.path.is_empty() { error.under(name) } else { error }
        })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> DeResult<V::Value> {
        let Some((key, value)) = self.value.take() else {
            return Err(DeError::custom("a value was asked for before its key").placed(self.of.head_span()));
        };
        seed.deserialize(NodeDeserializer(value)).map_err(|error| {
            // A value that is not written has no place to show, so its key stands for it.
            let place = if value.is_absent() { key.span() } else { value.head_span() };
            let error = error.placed(place);
            error.under(key.scalar().unwrap_or_default())
        })
    }
}

/// A key: its text, but a number or boolean where the type wants one.
struct KeyDeserializer<'de>(Node<'de>);

impl<'de> KeyDeserializer<'de> {
    fn text<V: Visitor<'de>>(self, visitor: V) -> DeResult<V::Value> {
        match self.0.scalar() {
            Some(text) => visitor.visit_borrowed_str(text),
            None => NodeDeserializer(self.0).deserialize_any(visitor),
        }
    }
}

macro_rules! keys_by_value {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> DeResult<V::Value> {
            // A quoted number is a number where the key has to be one, as in JSON.
            match self.0.as_str().map(crate::tree::scalar::plain_kind) {
                Some(NodeKind::Number) => NodeDeserializer(self.0).number(visitor),
                _ => NodeDeserializer(self.0).$method(visitor),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for KeyDeserializer<'de> {
    type Error = DeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> DeResult<V::Value> {
        self.text(visitor)
    }

    keys_by_value! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_bool
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> DeResult<V::Value> {
        match name {
            SPANNED_NAME => visitor.visit_seq(SpannedAccess { node: self.0, next: 0 }),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> DeResult<V::Value> {
        visitor.visit_enum(Variant { name: self.0, value: None })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> DeResult<V::Value> {
        visitor.visit_some(self)
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// An externally tagged enum: a word, or a mapping of one word to its content.
struct Variant<'de> {
    name: Node<'de>,
    value: Option<Node<'de>>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = DeError;
    type Variant = VariantContent<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> DeResult<(V::Value, VariantContent<'de>)> {
        let content = VariantContent { name: self.name, value: self.value };
        seed.deserialize(KeyDeserializer(self.name))
            .map(|variant| (variant, content))
            .map_err(|error| error.placed(self.name.span()))
    }
}

struct VariantContent<'de> {
    name: Node<'de>,
    value: Option<Node<'de>>,
}

impl<'de> VariantContent<'de> {
    fn value(&self, expected: &dyn Expected) -> DeResult<Node<'de>> {
        self.value.ok_or_else(|| DeError::invalid_type(Unexpected::UnitVariant, expected).placed(self.name.span()))
    }

    fn step<T>(&self, read: DeResult<T>) -> DeResult<T> {
        let place = self.value.filter(|value| !value.is_absent()).unwrap_or(self.name);
        read.map_err(|error| error.placed(place.head_span()).under(self.name.scalar().unwrap_or_default()))
    }
}

impl<'de> VariantAccess<'de> for VariantContent<'de> {
    type Error = DeError;

    fn unit_variant(self) -> DeResult<()> {
        match self.value {
            None => Ok(()),
            Some(value) if value.is_null() => Ok(()),
            Some(value) => self.step(<()>::deserialize(NodeDeserializer(value))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> DeResult<T::Value> {
        let value = self.value(&"a value after this word and a colon")?;
        self.step(seed.deserialize(NodeDeserializer(value)))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> DeResult<V::Value> {
        let value = self.value(&"a list after this word and a colon")?;
        self.step(NodeDeserializer(value).deserialize_any(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> DeResult<V::Value> {
        let value = self.value(&"fields after this word and a colon")?;
        self.step(NodeDeserializer(value).deserialize_any(visitor))
    }
}
