//! Prints the public items of a library, a line each, from the JSON that rustdoc wrote. Without implementations
//! that are blanket, automatic or derived.

use std::env;
use std::error::Error;

use public_api::Builder;

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args_os()
        .nth(1)
        .ok_or("expected the path of rustdoc's JSON")?;
    let items = Builder::from_rustdoc_json(path)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()?;
    print!("{items}");
    Ok(())
}
