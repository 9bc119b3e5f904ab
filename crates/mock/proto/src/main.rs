//! Generates the messages and the service of gRPC from `chat.proto`.

use std::error::Error;
use std::fs;
use std::path::Path;

/// What the generated file begins with.
const HEADER: &str = "// Copyright 2025 Google LLC, Apache License 2.0: see NOTICE and LICENSE-APACHE in this directory.\n\
    // Generated from crates/mock/proto/chat.proto by `cargo run --manifest-path \
    crates/mock/proto/Cargo.toml`.\n\n";

/// Generates the file with the given path.
fn generate(path: &Path) -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let definitions = protox::compile([here.join("chat.proto")], [here])?;
    let directory = path.parent().ok_or("a file without a directory")?;
    tonic_prost_build::configure()
        .build_client(false)
        .build_transport(false)
        .emit_rerun_if_changed(false)
        .out_dir(directory)
        // Pages are concatenated from encoded memberships.
        .extern_path(
            ".google.chat.v1.ListMembershipsResponse",
            "crate::grpc::codec::Page",
        )
        .codec_path("crate::grpc::codec::Codec")
        .compile_fds(definitions)?;
    let generated = directory.join("google.chat.v1.rs");
    let text = fs::read_to_string(&generated)?;
    fs::remove_file(generated)?;
    fs::write(path, [HEADER, &text].concat())?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    generate(committed().as_path())
}

fn committed() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/grpc/generated.rs")
}

#[cfg(test)]
mod tests {
    use super::{committed, fs, generate};

    #[test]
    fn committed_file_is_up_to_date() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("generated.rs");
        generate(&path).unwrap();
        let [generated, committed] =
            [path, committed()].map(|path| fs::read_to_string(path).unwrap());
        assert!(
            generated == committed,
            "generate the file again: see Cargo.toml"
        );
    }
}
