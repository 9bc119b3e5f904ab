//! Fuzzes [`gchat_filter_fuzz::targets::router`].
#![cfg_attr(fuzzing, no_main)]

gchat_filter_fuzz::target!(router);
