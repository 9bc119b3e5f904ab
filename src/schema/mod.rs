//! Filter languages as data, and the schema stage: fields, operators, values and constructs that a
//! language accepts.
//!
//! A [`Declaration`] has everything that the API's reference says about one method's filter. The
//! rest of this module is the same for every method.

mod check;
mod comparison;
mod declaration;
mod field;
mod lint;
mod predicate;
mod schema_check;
mod shape;
mod suggest;
mod terms;
mod value;

pub(crate) use self::declaration::Declaration;
pub use self::lint::{Level, Lint, Preset};

pub(crate) use self::check::check;
pub(crate) use self::declaration::{Access, Across, And, Domain, Expected, FieldGroup};
pub(crate) use self::field::{Column, EnumValue, Field, Operator, Quoting, Relation, Values, op};
pub(crate) use self::lint::Levels;
pub(crate) use self::predicate::{Constant, Predicate};
pub(crate) use self::shape::is_shape;
pub(crate) use self::suggest::{FieldName, ValueName};
