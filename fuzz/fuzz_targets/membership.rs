//! Fuzzes [`gchat_filter_fuzz::targets::membership`].
#![cfg_attr(fuzzing, no_main)]

gchat_filter_fuzz::target!(membership);
