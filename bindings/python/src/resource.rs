//! Resources of the API as Python's objects: dicts, messages of proto-plus and protobuf, JSON text.
//!
//! The library knows what a resource has; this is only the format, for serde. pythonize does not read
//! messages, and takes any object for a boolean.

use std::fmt;

use gchat_filter::AnyFilter;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PySequence, PyString, PyTuple,
};
use pyo3::{Borrowed, intern};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;

/// Length of a text from which on others may run while it is read.
pub(crate) const LONG: usize = 4 << 10;

/// Reads a value from a Python object: JSON text, or what JSON could be read to.
pub(crate) fn read<T: DeserializeOwned>(object: &Bound<'_, PyAny>) -> PyResult<T> {
    match json(object)? {
        Some(text) => serde_json::from_slice(text).map_err(|error| invalid_json(&error)),
        None => read_value(object),
    }
}

/// Reads a value from a Python object, of which text is not JSON.
pub(crate) fn read_value<T: DeserializeOwned>(object: &Bound<'_, PyAny>) -> PyResult<T> {
    T::deserialize(Value(object.as_borrowed())).map_err(ReadError::into_exception)
}

/// Returns whether a filter matches a resource.
#[inline]
pub(crate) fn matches(
    filter: &AnyFilter,
    resource: &Bound<'_, PyAny>,
    context: &gchat_filter::Context,
) -> PyResult<bool> {
    let result = if let Some(text) = json(resource)? {
        let matches = || {
            let mut deserializer = serde_json::Deserializer::from_slice(text);
            let result = filter.matches(&mut deserializer, context)?;
            deserializer.end().map(|()| result)
        };
        let result = if text.len() < LONG {
            matches()
        } else {
            resource.py().detach(matches)
        };
        result.map_err(|error| invalid_json(&error))?
    } else {
        let result = filter.matches(Value(resource.as_borrowed()), context);
        result.map_err(ReadError::into_exception)?
    };
    result.map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Returns the text of an object if it is JSON text.
#[inline]
fn json<'o>(object: &'o Bound<'_, PyAny>) -> PyResult<Option<&'o [u8]>> {
    if let Ok(text) = object.cast::<PyString>() {
        return text.to_str().map(|text| Some(text.as_bytes()));
    }
    Ok(object.cast::<PyBytes>().ok().map(PyBytesMethods::as_bytes))
}

#[cold]
fn invalid_json(error: &serde_json::Error) -> PyErr {
    PyValueError::new_err(format!("JSON text: {error}"))
}

/// A Python object, to be read by serde.
#[derive(Clone, Copy)]
struct Value<'a, 'py>(Borrowed<'a, 'py, PyAny>);

/// The error for an object that cannot be read: an exception, or what is wrong and where.
#[derive(Debug)]
enum ReadError {
    Raised(PyErr),
    Invalid {
        message: String,
        /// Whether the object has another type than expected.
        is_type: bool,
        /// The keys, innermost first.
        path: Vec<String>,
    },
}

impl ReadError {
    fn at(mut self, key: &str) -> Self {
        if let Self::Invalid { path, .. } = &mut self {
            path.push(key.to_owned());
        }
        self
    }

    /// Returns the exception for an object that cannot be read.
    #[cold]
    fn into_exception(self) -> PyErr {
        let message = self.to_string();
        match self {
            Self::Raised(error) => error,
            Self::Invalid {
                is_type: true,
                path,
                ..
            } if path.is_empty() => PyTypeError::new_err(message),
            Self::Invalid { .. } => PyValueError::new_err(message),
        }
    }
}

impl From<PyErr> for ReadError {
    #[cold]
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

impl de::Error for ReadError {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Invalid {
            message: message.to_string(),
            is_type: false,
            path: Vec::new(),
        }
    }

    #[cold]
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Invalid {
            message: format!("invalid type: {found}, expected {expected}"),
            is_type: true,
            path: Vec::new(),
        }
    }
}

impl std::error::Error for ReadError {}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raised(error) => error.fmt(f),
            Self::Invalid { message, path, .. } => {
                for (index, key) in path.iter().rev().enumerate() {
                    let dot = if index == 0 { "" } else { "." };
                    write!(f, "{dot}{}", key.escape_debug())?;
                }
                let colon = if path.is_empty() { "" } else { ": " };
                write!(f, "{colon}{message}")
            }
        }
    }
}

impl<'py> Value<'_, 'py> {
    fn visit_integer<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0.extract::<i64>() {
            Ok(number) => visitor.visit_i64(number),
            Err(_) => Err(de::Error::invalid_value(
                Unexpected::Other("integer of more than 64 bits"),
                &visitor,
            )),
        }
    }

    /// Visits the items of a mapping, in any order.
    fn visit_items<'de, V: Visitor<'de>>(
        mapping: &Bound<'py, PyMapping>,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let items = mapping.items()?;
        let items = items.iter().map(|item| item.extract());
        visitor.visit_map(Items {
            rest: items,
            value: None,
            key: String::new(),
        })
    }

    /// Visits an object that is none of the types of JSON.
    #[cold]
    fn visit_other<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let py = self.0.py();
        let class = self.0.get_type();
        // A message of proto-plus is around one of protobuf.
        if let Some(pb) = class.getattr_opt(intern!(py, "pb"))? {
            return Value(pb.call1((self.0,))?.as_borrowed()).visit_message(visitor);
        }
        if class.hasattr(intern!(py, "DESCRIPTOR"))? {
            return self.visit_message(visitor);
        }
        if let Ok(mapping) = self.0.cast::<PyMapping>() {
            return Self::visit_items(&mapping, visitor);
        }
        if let Ok(sequence) = self.0.cast::<PySequence>() {
            let elements = sequence.try_iter()?;
            return visitor.visit_seq(Elements(elements));
        }
        // A `datetime`.
        if let Some(text) = self.0.getattr_opt(intern!(py, "isoformat"))? {
            return visitor.visit_str(
                text.call0()?
                    .cast::<PyString>()
                    .map_err(PyErr::from)?
                    .to_str()?,
            );
        }
        let name = class.fully_qualified_name()?;
        let name = format!("`{name}`");
        Err(de::Error::invalid_type(Unexpected::Other(&name), &visitor))
    }

    /// Visits the fields of a message of protobuf that are present.
    fn visit_message<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let py = self.0.py();
        // The well-known types that are text in JSON, such as times.
        if let Some(text) = self.0.getattr_opt(intern!(py, "ToJsonString"))? {
            return visitor.visit_str(
                text.call0()?
                    .cast::<PyString>()
                    .map_err(PyErr::from)?
                    .to_str()?,
            );
        }
        let fields = self.0.call_method0(intern!(py, "ListFields"))?;
        let fields = fields.try_iter()?.map(|field| {
            let (descriptor, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) = field?.extract()?;
            Ok((descriptor.getattr(intern!(py, "name"))?, value))
        });
        visitor.visit_map(Items {
            rest: fields,
            value: None,
            key: String::new(),
        })
    }
}

impl<'de> Deserializer<'de> for Value<'_, '_> {
    type Error = ReadError;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let object = self.0;
        if let Ok(text) = object.cast::<PyString>() {
            visitor.visit_str(text.to_str()?)
        } else if object.is_none() {
            visitor.visit_unit()
        } else if let Ok(flag) = object.cast::<PyBool>() {
            visitor.visit_bool(flag.is_true())
        } else if object.is_instance_of::<PyInt>() {
            self.visit_integer(visitor)
        } else if let Ok(dict) = object.cast::<PyDict>() {
            Self::visit_items(dict.as_mapping(), visitor)
        } else if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
            visitor.visit_seq(Elements(object.try_iter()?))
        } else if let Ok(number) = object.cast::<PyFloat>() {
            visitor.visit_f64(number.value())
        } else {
            self.visit_other(visitor)
        }
    }

    /// Looks up only the keys that are needed.
    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        keys: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let keys = || interned(self.0.py(), keys);
        if let Ok(dict) = self.0.cast::<PyDict>()
            && let Some(keys) = keys()
        {
            return visitor.visit_map(Entries {
                dict,
                keys,
                value: None,
            });
        }
        self.deserialize_any(visitor)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.0.is_none() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier
    }
}

/// A key of objects, also as a Python string.
struct Key {
    name: &'static str,
    object: Py<PyString>,
}

/// Returns keys as Python strings, which are created once for each type of the library. `None` if there are more
/// types than places for them.
#[inline]
fn interned(py: Python<'_>, keys: &'static [&'static str]) -> Option<&'static [Key]> {
    type Slot = PyOnceLock<(&'static [&'static str], Box<[Key]>)>;
    static SLOTS: [Slot; 32] = [const { Slot::new() }; 32];
    SLOTS.iter().find_map(|slot| {
        let (of, interned) = slot.get_or_init(py, || {
            let interned = keys.iter().map(|name| Key {
                name,
                object: PyString::intern(py, name).unbind(),
            });
            (keys, interned.collect())
        });
        std::ptr::eq(*of, keys).then_some(&**interned)
    })
}

/// The entries of a dict that have certain keys.
struct Entries<'a, 'py> {
    dict: Borrowed<'a, 'py, PyDict>,
    keys: &'static [Key],
    value: Option<(&'static str, Bound<'py, PyAny>)>,
}

impl<'de> MapAccess<'de> for Entries<'_, '_> {
    type Error = ReadError;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        while let Some((key, rest)) = self.keys.split_first() {
            self.keys = rest;
            if let Some(value) = self
                .dict
                .get_item(key.object.bind_borrowed(self.dict.py()))?
            {
                self.value = Some((key.name, value));
                return seed.deserialize(key.name.into_deserializer()).map(Some);
            }
        }
        Ok(None)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, ReadError> {
        let (key, value) = self.value.take().ok_or_else(no_key)?;
        let result = seed.deserialize(Value(value.as_borrowed()));
        result.map_err(|error| error.at(key))
    }
}

/// The items of a mapping, or the fields of a message.
struct Items<'py, I> {
    rest: I,
    key: String,
    value: Option<Bound<'py, PyAny>>,
}

impl<'de, 'py, I> MapAccess<'de> for Items<'py, I>
where
    I: Iterator<Item = PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)>>,
{
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        for item in &mut self.rest {
            let (key, value) = item?;
            // JSON has no other keys.
            if let Ok(key) = key.cast::<PyString>() {
                self.value = Some(value);
                self.key.clear();
                self.key.push_str(key.to_str()?);
                return seed
                    .deserialize(self.key.as_str().into_deserializer())
                    .map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, ReadError> {
        let value = self.value.take().ok_or_else(no_key)?;
        let result = seed.deserialize(Value(value.as_borrowed()));
        result.map_err(|error| error.at(&self.key))
    }
}

fn no_key() -> ReadError {
    de::Error::custom("a value was read before its key")
}

/// The elements of a sequence.
struct Elements<I>(I);

impl<'de, 'py, I> SeqAccess<'de> for Elements<I>
where
    I: Iterator<Item = PyResult<Bound<'py, PyAny>>>,
{
    type Error = ReadError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, ReadError> {
        let element = self.0.next().transpose()?;
        element
            .map(|element| seed.deserialize(Value(element.as_borrowed())))
            .transpose()
    }
}
