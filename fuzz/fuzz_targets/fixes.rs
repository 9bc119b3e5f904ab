//! Fuzzes [`gchat_filter_fuzz::targets::fixes`].
#![cfg_attr(fuzzing, no_main)]

gchat_filter_fuzz::target!(fixes);
