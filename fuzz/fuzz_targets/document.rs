//! Fuzzes [`gchat_filter_fuzz::targets::document`].
#![cfg_attr(fuzzing, no_main)]

gchat_filter_fuzz::target!(document);
