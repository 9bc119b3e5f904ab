//! Fuzzes [`gchat_filter_fuzz::targets::check`].
#![cfg_attr(fuzzing, no_main)]

gchat_filter_fuzz::target!(check);
