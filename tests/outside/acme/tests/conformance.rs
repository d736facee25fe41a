//! The laws of a provider, run on Acme.

mod vendor;

fn main() -> std::process::ExitCode {
    kling_conformance::run(vendor::Subject)
}
