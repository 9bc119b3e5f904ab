//! Fuzzes [`gchat_filter_fuzz::targets::simplify`].
#![cfg_attr(fuzzing, no_main)]

gchat_filter_fuzz::target!(simplify);
