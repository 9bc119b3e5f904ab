//! The exported functions. Numbers cross as they are, and texts through two buffers: JavaScript writes
//! UTF-8 to [`input`], and reads UTF-16 from what [`output`] returns. So each text is converted once, by
//! the side that has it, and an ASCII text not at all.
//!
//! A filter of memberships crosses as its bits, which are never 0. Any other filter stays here, and
//! crosses as a handle, which is never 0 either.
//!
//! `js/module.js` is the other side.

#![allow(
    unsafe_code,
    reason = "only the attribute that exports a function under its name"
)]

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use gchat_filter::{AnyFilter, Context, Method, Preset, members};

use crate::operations::{self, Options};

/// Results of functions that are neither numbers nor texts.
const NO: u32 = 0;
const YES: u32 = 1;
/// The output has a message.
const ERROR: u32 = 2;

/// A filter with its context.
struct Kept {
    filter: AnyFilter,
    context: Rc<Context>,
}

#[derive(Default)]
struct State {
    input: Vec<u8>,
    output: Vec<u16>,
    /// The filters of handles, at the handle minus one.
    filters: Vec<Option<Rc<Kept>>>,
    /// Handles that can be used again.
    free: Vec<u32>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

impl State {
    fn text(&self, start: usize, end: usize) -> Cow<'_, str> {
        String::from_utf8_lossy(self.input.get(start..end).unwrap_or_default())
    }

    fn write(&mut self, text: &str) {
        self.output.clear();
        self.output.extend(text.encode_utf16());
    }

    fn error(&mut self, message: &str) -> u32 {
        self.write(message);
        ERROR
    }

    /// Returns the value that a filter crosses as.
    #[inline]
    fn keep(&mut self, filter: AnyFilter, context: Rc<Context>) -> u32 {
        if let AnyFilter::Members(filter) = filter {
            return filter.to_bits();
        }
        let kept = Some(Rc::new(Kept { filter, context }));
        let handle = self.free.pop().unwrap_or_else(|| {
            self.filters.push(None);
            u32::try_from(self.filters.len()).unwrap_or(0)
        });
        if let Some(place) = self.place(handle) {
            *place = kept;
        }
        handle
    }

    fn place(&mut self, handle: u32) -> Option<&mut Option<Rc<Kept>>> {
        self.filters.get_mut(handle.checked_sub(1)? as usize)
    }

    /// Returns the filter that crosses as a value.
    fn filter(&mut self, is_members: u32, value: u32) -> Option<Rc<Kept>> {
        if is_members == YES {
            let filter = AnyFilter::Members(members::Filter::from_bits(value)?);
            let context = Rc::default();
            return Some(Rc::new(Kept { filter, context }));
        }
        self.place(value)?.clone()
    }

    /// Returns the filters that cross as two values.
    fn filters(&mut self, is_members: u32, left: u32, right: u32) -> Option<[Rc<Kept>; 2]> {
        Some([
            self.filter(is_members, left)?,
            self.filter(is_members, right)?,
        ])
    }
}

/// Options as numbers: indexes of the description, and the context as JSON in the input, after the
/// text.
fn options(
    state: &State,
    method: u32,
    admin_access: u32,
    preset: u32,
    bytes: usize,
    context_bytes: usize,
) -> Result<Options, String> {
    let context = if context_bytes == 0 {
        Context::new()
    } else {
        let json = state.text(bytes, bytes + context_bytes);
        operations::context(&json)?
    };
    Ok(Options {
        method: Method::ALL.get(method as usize).copied(),
        admin_access: admin_access == YES,
        preset: Preset::ALL.get(preset as usize).copied(),
        context,
    })
}

fn with_state<T>(run: impl FnOnce(&mut State) -> T) -> T {
    STATE.with_borrow_mut(run)
}

/// Returns the input buffer, with space for so many bytes. It keeps what was written.
#[unsafe(no_mangle)]
pub extern "C" fn input(bytes: usize) -> *mut u8 {
    with_state(|state| {
        state.input.resize(bytes, 0);
        state.input.as_mut_ptr()
    })
}

/// Returns the output of the last function that has one.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const u16 {
    with_state(|state| state.output.as_ptr())
}

/// Returns the length of the output in units of UTF-16.
#[unsafe(no_mangle)]
pub extern "C" fn output_units() -> usize {
    with_state(|state| state.output.len())
}

/// Outputs the description of the library.
#[unsafe(no_mangle)]
pub extern "C" fn description() {
    with_state(|state| state.write(&operations::description()));
}

/// Checks the filter in the input, and outputs the result. Returns [`ERROR`] for an invalid context.
#[unsafe(no_mangle)]
pub extern "C" fn check(
    method: u32,
    admin_access: u32,
    preset: u32,
    bytes: usize,
    context_bytes: usize,
) -> u32 {
    with_state(|state| {
        let options = options(state, method, admin_access, preset, bytes, context_bytes);
        match options {
            Ok(options) => {
                let checked = operations::check(&options, &state.text(0, bytes));
                state.write(&checked);
                YES
            }
            Err(message) => state.error(&message),
        }
    })
}

/// Parses the filter in the input. Returns it, or 0 and outputs its errors. The output is not JSON if
/// the context is invalid.
#[unsafe(no_mangle)]
pub extern "C" fn parse(
    method: u32,
    admin_access: u32,
    preset: u32,
    bytes: usize,
    context_bytes: usize,
) -> u32 {
    with_state(|state| {
        // The default options need no tree.
        let is_default = admin_access == NO && preset == 0 && context_bytes == 0;
        let method_of_default = Method::ALL.get(method as usize).filter(|_| is_default);
        let parsed =
            method_of_default.map(|method| AnyFilter::parse(*method, &state.text(0, bytes)));
        match parsed {
            Some(Ok(AnyFilter::Members(filter))) => return filter.to_bits(),
            Some(Ok(filter)) => return state.keep(filter, Rc::default()),
            Some(Err(_)) | None => {}
        }
        let options = options(state, method, admin_access, preset, bytes, context_bytes);
        let parsed = options.and_then(|options| {
            let filter = operations::parse(&options, &state.text(0, bytes))?;
            Ok((filter, options.context))
        });
        match parsed {
            Ok((filter, context)) => state.keep(filter, Rc::new(context)),
            Err(output) => {
                state.write(&output);
                0
            }
        }
    })
}

/// Forgets a filter that is not of memberships.
#[unsafe(no_mangle)]
pub extern "C" fn release(handle: u32) {
    with_state(|state| {
        let kept = state.place(handle).and_then(Option::take);
        if kept.is_some() {
            state.free.push(handle);
        }
    });
}

/// Outputs the shortest text of a filter.
#[unsafe(no_mangle)]
pub extern "C" fn text(is_members: u32, value: u32) {
    with_state(|state| {
        let kept = state.filter(is_members, value);
        let text = kept.map_or_else(String::new, |kept| kept.filter.to_string());
        state.write(&text);
    });
}

/// Returns whether a filter matches the resource in the input, whose JSON has so many bytes.
#[unsafe(no_mangle)]
pub extern "C" fn matches(is_members: u32, value: u32, bytes: usize) -> u32 {
    with_state(|state| {
        let Some(kept) = state.filter(is_members, value) else {
            return NO;
        };
        let resource = state.text(0, bytes);
        match operations::matches(&kept.filter, &kept.context, &resource) {
            Ok(matches) => u32::from(matches),
            Err(error) => state.error(&error.to_string()),
        }
    })
}

/// Returns the index of the bit of the membership in the input, or -1 and outputs an error.
#[unsafe(no_mangle)]
pub extern "C" fn cell(bytes: usize) -> i32 {
    with_state(|state| match operations::cell(&state.text(0, bytes)) {
        Ok(cell) => i32::try_from(cell).unwrap_or(-1),
        Err(error) => {
            state.write(&error.to_string());
            -1
        }
    })
}

/// Returns whether the second filter matches everything that the first matches.
#[unsafe(no_mangle)]
pub extern "C" fn implies(is_members: u32, left: u32, right: u32) -> u32 {
    with_state(|state| match state.filters(is_members, left, right) {
        Some([left, right]) => u32::from(left.filter.implies(&right.filter) == Some(true)),
        None => NO,
    })
}

/// Returns whether two filters have the same meaning.
#[unsafe(no_mangle)]
pub extern "C" fn equals(is_members: u32, left: u32, right: u32) -> u32 {
    with_state(|state| match state.filters(is_members, left, right) {
        Some([left, right]) => u32::from(left.filter == right.filter),
        None => NO,
    })
}

/// Returns the filter that matches what both match, or 0 and outputs an error.
#[unsafe(no_mangle)]
pub extern "C" fn intersection(is_members: u32, left: u32, right: u32) -> u32 {
    with_state(|state| {
        let Some([left, right]) = state.filters(is_members, left, right) else {
            return 0;
        };
        match operations::intersection(&left.filter, &right.filter) {
            Ok(filter) => state.keep(filter, Rc::clone(&left.context)),
            Err(error) => {
                state.write(&error.to_string());
                0
            }
        }
    })
}

/// Returns the filter that matches what either matches, or 0 and outputs an error.
#[unsafe(no_mangle)]
pub extern "C" fn union(is_members: u32, left: u32, right: u32) -> u32 {
    with_state(|state| {
        let Some([left, right]) = state.filters(is_members, left, right) else {
            return 0;
        };
        match operations::union(&left.filter, &right.filter) {
            Ok(filter) => state.keep(filter, Rc::default()),
            Err(message) => {
                state.write(message);
                0
            }
        }
    })
}

/// Outputs the tokens of the text in the input.
#[unsafe(no_mangle)]
pub extern "C" fn tokens(bytes: usize) {
    with_state(|state| {
        let tokens = operations::tokens(&state.text(0, bytes));
        state.write(&tokens);
    });
}
