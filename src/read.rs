//! Reads Rust values out of JavaScript values: a serde `Deserializer` for JSON data, made for few bytes.
//!
//! `serde_wasm_bindgen` has one too, and `convert` uses its serializer. Reading is done here because an error of
//! that crate is a sentence, and sentences bring float formatting into the wasm; and because it names each field
//! to the derived code, which then carries a table of names for every struct. Here a struct is read as the
//! sequence of its fields, and an error says nothing but that the shape was wrong. docs/size.md has the figures.

use js_sys::{Array, JsString, Object, Reflect};
use serde::de::{
    DeserializeSeed, Deserializer, Error, Expected, MapAccess, SeqAccess, Unexpected, Visitor,
};
use std::cell::RefCell;
use std::fmt::{self, Display};
use wasm_bindgen::prelude::*;

/// The value does not have the expected shape.
#[derive(Debug)]
pub(crate) struct WrongShape;

impl Display for WrongShape {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for WrongShape {}

// Every constructor is given, so that none of serde's texts is.
impl Error for WrongShape {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }
    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }
    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn missing_field(_: &'static str) -> Self {
        Self
    }
    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// A value to be read.
pub(crate) struct Reader(pub(crate) JsValue);

/// The largest integer that a JavaScript number holds exactly.
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

impl<'de> Deserializer<'de> for Reader {
    type Error = WrongShape;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, WrongShape> {
        Err(WrongShape)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongShape> {
        visitor.visit_bool(self.0.as_bool().ok_or(WrongShape)?)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is checked to be a safe integer"
    )]
    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongShape> {
        let number = self.0.as_f64().ok_or(WrongShape)?;
        if number.trunc() == number && (0.0..=MAX_SAFE).contains(&number) {
            visitor.visit_u64(number as u64)
        } else {
            Err(WrongShape)
        }
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongShape> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongShape> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongShape> {
        visitor.visit_f64(self.0.as_f64().ok_or(WrongShape)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongShape> {
        visitor.visit_string(self.0.as_string().ok_or(WrongShape)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongShape> {
        if self.0.is_null() || self.0.is_undefined() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongShape> {
        let array: Array = self.0.dyn_into().map_err(|_| WrongShape)?;
        visitor.visit_seq(Elements { array, next: 0 })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongShape> {
        let object: Object = self.object()?.unchecked_into();
        visitor.visit_map(Members {
            keys: Object::keys(&object),
            object,
            next: 0,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, WrongShape> {
        visitor.visit_seq(Fields {
            object: self.object()?,
            fields: fields.iter(),
        })
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u128 f32 char str bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct enum
        identifier ignored_any
    }
}

impl Reader {
    /// The value, where it is an object and not an array.
    fn object(self) -> Result<JsValue, WrongShape> {
        if self.0.is_object() && !Array::is_array(&self.0) {
            Ok(self.0)
        } else {
            Err(WrongShape)
        }
    }
}

/// The elements of an array.
struct Elements {
    array: Array,
    next: u32,
}

impl<'de> SeqAccess<'de> for Elements {
    type Error = WrongShape;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, WrongShape> {
        if self.next >= self.array.length() {
            return Ok(None);
        }
        self.next += 1;
        seed.deserialize(Reader(self.array.get(self.next - 1)))
            .map(Some)
    }
}

/// The own members of an object.
struct Members {
    object: Object,
    keys: Array,
    next: u32,
}

impl<'de> MapAccess<'de> for Members {
    type Error = WrongShape;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, WrongShape> {
        if self.next >= self.keys.length() {
            return Ok(None);
        }
        self.next += 1;
        seed.deserialize(Reader(self.keys.get(self.next - 1)))
            .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, WrongShape> {
        let key = self.keys.get(self.next - 1);
        seed.deserialize(Reader(
            Reflect::get(&self.object, &key).map_err(|_| WrongShape)?,
        ))
    }
}

/// The fields of a struct, in its order.
struct Fields {
    object: JsValue,
    fields: std::slice::Iter<'static, &'static str>,
}

impl<'de> SeqAccess<'de> for Fields {
    type Error = WrongShape;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, WrongShape> {
        let Some(field) = self.fields.next() else {
            return Ok(None);
        };
        let value = Reflect::get(&self.object, &name(field)).map_err(|_| WrongShape)?;
        let is_missing = value.is_undefined();
        match seed.deserialize(Reader(value)) {
            // To the derived code, an element that is not there is a field to be filled by its default.
            Err(_) if is_missing => Ok(None),
            read => read.map(Some),
        }
    }
}

/// The name of a field as a JavaScript string: made once, since a catalog has thousands of the same.
fn name(field: &&'static str) -> JsValue {
    thread_local! {
        static NAMES: RefCell<Vec<(*const u8, JsString)>> = const { RefCell::new(Vec::new()) };
    }
    NAMES.with_borrow_mut(|names| {
        if let Some((_, known)) = names.iter().find(|(at, _)| *at == field.as_ptr()) {
            return known.into();
        }
        let new = JsString::from(*field);
        names.push((field.as_ptr(), new.clone()));
        new.into()
    })
}
