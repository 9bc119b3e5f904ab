//! Fuzzes [`gchat_filter_fuzz::targets::roundtrip`].
#![cfg_attr(fuzzing, no_main)]

gchat_filter_fuzz::target!(roundtrip);
