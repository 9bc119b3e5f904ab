//! A count of the work that a text makes, for the tests of how it grows; nothing otherwise.
//!
//! A step is a byte or character looked at, or a part, a term, an edit, whatever it is that a loop
//! or a recursion goes through. Every one whose length depends on the text counts itself.

#[cfg(test)]
#[path = "../tests/common/families.rs"]
mod families;

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts so many steps.
#[inline]
pub(crate) fn count(steps: usize) {
    #[cfg(test)]
    STEPS.set(STEPS.get() + steps);
    #[cfg(not(test))]
    let _ = steps;
}

#[cfg(test)]
mod tests {
    use super::STEPS;
    use super::families::families;
    use crate::{Checker, Filter, Preset, syntax};

    /// Asserts that an operation's steps are linear in the length of each family's texts: at most
    /// `most` for a byte, and twice as many for twice the length.
    fn assert_linear(quarters: &[usize], most: usize, run: impl Fn(&str)) {
        for family in families() {
            let (mut before, name) = (usize::MAX / 4, family.name);
            for quarters in quarters {
                let text = family.text(*quarters);
                STEPS.set(0);
                run(&text);
                let (steps, length) = (STEPS.get(), text.len());
                assert!(
                    steps <= most * length && steps <= 2 * before + before / 4 + 256,
                    "{steps} steps behind {before} for {length} bytes of {name}"
                );
                // Whoever reads a text counts it.
                assert!(
                    3 * steps >= length || syntax::parse(&text).is_err(),
                    "{steps} steps for {length} bytes of {name}"
                );
                before = steps;
            }
        }
    }

    #[test]
    fn a_parser_takes_steps_for_each_byte() {
        assert_linear(&[1, 2, 4], 9, |text| drop(syntax::parse(text)));
        assert_linear(&[1, 2, 4], 3, |text| drop(Filter::parse(text)));
    }

    #[test]
    fn a_check_takes_steps_for_each_byte() {
        for preset in [Preset::Default, Preset::Aip160] {
            let checker = Checker::new().preset(preset).admin_access(true);
            assert_linear(&[1, 2, 4], 16, |text| drop(checker.check(text)));
        }
    }

    #[cfg(feature = "report")]
    #[test]
    fn a_report_takes_steps_for_each_byte() {
        assert_linear(&[1, 2], 160, |text| {
            let checked = Checker::new().check(text);
            drop(crate::Report::from(&checked).to_string());
        });
    }
}
