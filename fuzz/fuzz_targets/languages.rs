//! Fuzzes [`gchat_filter_fuzz::targets::languages`].
#![cfg_attr(fuzzing, no_main)]

gchat_filter_fuzz::target!(languages);
