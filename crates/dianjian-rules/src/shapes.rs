//! Values that may be written in several shapes: a single value, a list, a map.
//!
//! serde's untagged enums try one variant after the other on a buffered copy, and if none fits they
//! say neither why nor where. Here the shape decides, and a mistake inside is told at its place.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Unexpected, Visitor};

use super::language::Scalar;

/// Reads a `T` by its shape; `M` is what a map is read as.
pub struct ByShape<T, M> {
    /// What may stand there, for messages.
    pub expecting: &'static str,
    /// Takes a single value, if that may stand there.
    pub one: fn(Scalar) -> Option<T>,
    /// Takes a list, if that may stand there.
    pub many: Option<fn(Vec<Scalar>) -> Option<T>>,
    /// Takes a map, if that may stand there.
    pub map: Option<fn(M) -> Option<T>>,
}

/// For what is never a map.
#[derive(Deserialize)]
pub struct NoMap {}

/// The visitor of a [`ByShape`].
pub struct ShapeVisitor<T, M>(ByShape<T, M>, PhantomData<M>);

impl<T, M> ByShape<T, M> {
    /// The visitor that reads it.
    pub const fn visitor(self) -> ShapeVisitor<T, M> {
        ShapeVisitor(self, PhantomData)
    }
}

impl<T, M> ShapeVisitor<T, M> {
    fn one<E: Error>(&self, value: Scalar, found: Unexpected<'_>) -> Result<T, E> {
        (self.0.one)(value).ok_or_else(|| E::invalid_type(found, &self.0.expecting))
    }
}

impl<'de, T, M: Deserialize<'de>> Visitor<'de> for ShapeVisitor<T, M> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.expecting)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        self.one(Scalar::Bool(value), Unexpected::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        self.one(Scalar::Int(value), Unexpected::Signed(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "beyond i64 a number is read as one with a fraction")]
    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        let number = i64::try_from(value).map_or(Scalar::Float(value as f64), Scalar::Int);
        self.one(number, Unexpected::Unsigned(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        self.one(Scalar::Float(value), Unexpected::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
        self.one(Scalar::Text(value.to_owned()), Unexpected::Str(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<T, A::Error> {
        let wrong = || A::Error::invalid_type(Unexpected::Seq, &self.0.expecting);
        let take = self.0.many.ok_or_else(wrong)?;
        take(Vec::deserialize(SeqAccessDeserializer::new(items))?).ok_or_else(wrong)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<T, A::Error> {
        let wrong = || A::Error::invalid_type(Unexpected::Map, &self.0.expecting);
        let take = self.0.map.ok_or_else(wrong)?;
        take(M::deserialize(MapAccessDeserializer::new(entries))?).ok_or_else(wrong)
    }
}

/// A single text, or nothing.
pub fn text(value: Scalar) -> Option<String> {
    match value {
        Scalar::Text(text) => Some(text),
        Scalar::Bool(_) | Scalar::Int(_) | Scalar::Float(_) => None,
    }
}

/// A type that is read by its shape.
macro_rules! by_shape {
    ($type:ty, $map:ty, $shape:expr) => {
        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let shape: $crate::shapes::ByShape<$type, $map> = $shape;
                deserializer.deserialize_any(shape.visitor())
            }
        }
    };
}
pub(crate) use by_shape;
