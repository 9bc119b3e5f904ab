//! Fuzzes [`gchat_filter_fuzz::targets::request`].
#![cfg_attr(fuzzing, no_main)]

gchat_filter_fuzz::target!(request);
