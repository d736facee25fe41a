//! Builds the recorder beside the SQLite that libsqlite3_sys builds, and links it into the tests alone.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=record.c");
    let include = std::env::var("DEP_SQLITE3_INCLUDE")?;
    let objects = cc::Build::new()
        .file("record.c")
        .include(include)
        .warnings_into_errors(false)
        .compile_intermediates();
    for object in objects {
        // As an object, so that the linker keeps it though nobody calls it.
        println!("cargo::rustc-link-arg-tests={}", object.display());
    }
    Ok(())
}
