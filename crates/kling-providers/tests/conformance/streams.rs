//! The laws of a provider, kept inside every layer by one that has a stream, a cancel and a find.

use kling_core::Operation;
use kling_emulated::Emulated;

#[path = "../../../kling-inferencesh/tests/conformance.rs"]
#[expect(dead_code, reason = "it is a program of its own there")]
mod inferencesh;
mod layered;

fn main() -> std::process::ExitCode {
    let subject = Emulated {
        client: |base, timeout, grace| {
            layered::layered((inferencesh::SUBJECT.client)(base, timeout, grace))
        },
        ..inferencesh::SUBJECT
    };
    kling_conformance::run(layered::Only(subject, Operation::TextToVideo))
}
