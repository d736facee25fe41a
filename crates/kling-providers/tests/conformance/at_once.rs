//! The laws of a provider, kept inside every layer by one whose picture model answers at once.

use kling_core::Operation;
use kling_emulated::Emulated;

#[path = "../../../kling-aimlapi/tests/conformance.rs"]
#[expect(dead_code, reason = "it is a program of its own there")]
mod aimlapi;
mod layered;

fn main() -> std::process::ExitCode {
    let subject = Emulated {
        client: |base, timeout, grace| {
            layered::layered((aimlapi::SUBJECT.client)(base, timeout, grace))
        },
        ..aimlapi::SUBJECT
    };
    kling_conformance::run(layered::Only(subject, Operation::ImageToImage))
}
