//! Fuzzes [`gchat_filter_fuzz::targets::parse`].
#![cfg_attr(fuzzing, no_main)]

gchat_filter_fuzz::target!(parse);
